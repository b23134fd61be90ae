import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createMarkFile, openMarkFolder, readLeftMarks } from '../../../src/temporal/workflow-thread/mark-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MARKS = new URL('../../../src/temporal/workflow-thread/marks.mjs', import.meta.url).href;
const ACTIVATION = { workflowId: 'messenger:104857600123456:6120459871230045', runId: 'run', task: 2 };

let parent: string;
let folder: string;
beforeEach(() => {
  parent = temporaryFolder();
  folder = openMarkFolder('file:store.db', parent);
});

/** Begins activations in a file, ends all but the last, and is killed in it or after it. */
function die(file: string, { ends }: { readonly ends: boolean }): void {
  const code = `import { createMark } from ${JSON.stringify(MARKS)};
    const mark = createMark(new SharedArrayBuffer(4096), ${JSON.stringify(file)});
    mark.begin({ ...${JSON.stringify(ACTIVATION)}, workflowId: 'a longer id '.repeat(20) });
    mark.end();
    mark.begin(${JSON.stringify(ACTIVATION)});
    ${ends ? 'mark.end();' : ''}
    process.kill(process.pid, 'SIGKILL');`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', code]).signal).toBe('SIGKILL');
}

/** As if the process that wrote it had gone: its id belongs to this process, which started at another time. */
function leave(file: string): string {
  const left = join(dirname(file), `${process.pid}.1.1.b1`);
  renameSync(file, left);
  return left;
}

test('a process that was killed in an activation leaves its mark, whoever has its id now', () => {
  const file = createMarkFile(folder, 1, 'b1');
  die(file, { ends: false });
  const left = leave(file);

  const { marks, remove } = readLeftMarks(folder);

  expect(marks).toEqual([{ ...ACTIVATION, build: 'b1', mark: `${process.pid}.1.1.b1.3` }]);
  remove();
  expect(existsSync(left)).toBe(false);
});

test.each([
  ['one that was killed between activations', (file: string) => die(file, { ends: true })],
  ['an empty file', () => {}],
  ['a cut file', (file: string) => writeFileSync(file, Buffer.from([1, 0, 0, 0, 9, 0, 0, 0, 123]))],
  ['a file with garbage', (file: string) => writeFileSync(file, Buffer.alloc(100, 255))],
])('%s leaves none', (_title, fill) => {
  const file = createMarkFile(folder, 1, 'b1');
  fill(file);
  leave(file);
  expect(readLeftMarks(folder).marks).toEqual([]);
});

test('files of processes that live, and files of other names, are left alone', () => {
  const file = createMarkFile(folder, 1, 'b1');
  die(file, { ends: false });
  writeFileSync(join(folder, 'notes.txt'), '');
  const { marks, remove } = readLeftMarks(folder);
  remove();
  expect(marks).toEqual([]);
  expect(existsSync(file)).toBe(true);
  expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
});

test('a folder that others can write is refused; stores have folders of their own', () => {
  expect(openMarkFolder('postgres://db/other', parent)).not.toBe(folder);
  chmodSync(folder, 0o777);
  expect(() => openMarkFolder('file:store.db', parent)).toThrow('is open to other users. Remove it.');
});
