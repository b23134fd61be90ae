import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const CONFIG = `export default {
  resolve: { alias: { 'everthread/testing': ${JSON.stringify(join(root, 'src', 'testing', 'index.ts'))} } },
  test: { include: ['*.test.ts'], pool: 'forks' },
};
`;

/** Runs a test file with vitest in a folder of its own, as a developer would. */
export async function runTestFile(source: string): Promise<{ readonly hasPassed: boolean; readonly output: string }> {
  const folder = temporaryFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'recorded.test.ts'), source);
  writeFileSync(join(folder, 'vitest.config.mjs'), CONFIG);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, EVERTHREAD_TEST_TEMPORAL: inject('temporalAddress') };
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, 'run', '--root', folder], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ hasPassed: error === null, output: stdout + stderr }),
    );
  });
}

/** A path as an import or `simulate` takes it on any system. */
export function fileUrl(path: string): string {
  return pathToFileURL(join(root, path)).href;
}
