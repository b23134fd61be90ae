import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { codeBlocks, moduleOf } from './code-blocks.ts';

const root = join(import.meta.dirname, '..', '..');
/** Inside the repository, so that `everthread` resolves to this very package. */
const folder = join(root, '.cache', 'code-blocks');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the blocks of one document side by side; a first line `// name.ts` names a file that others import. */
function writeBlocks(document: string): string[] {
  const into = join(folder, basename(document, '.md'));
  mkdirSync(into, { recursive: true });
  return codeBlocks(document).map((block, index) => {
    const file = join(into, /^\/\/ ([\w-]+\.ts)\n/.exec(block.code)?.[1] ?? `block-${index + 1}.ts`);
    writeFileSync(file, moduleOf(block));
    return file;
  });
}

test('every TypeScript block in the documentation compiles', () => {
  rmSync(folder, { recursive: true, force: true });
  const files = documents.flatMap(writeBlocks);
  expect(files.length).toBeGreaterThan(2);
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root);
  const program = ts.createProgram(
    files.filter((file) => !declares(file)),
    options,
  );
  expect(ts.getPreEmitDiagnostics(program).map(complaint)).toEqual([]);
  // What one block declares for all of a bot is not for the others.
  for (const file of files.filter(declares)) {
    const alone = ts.createProgram([file], options, undefined, program);
    expect(alone.getSemanticDiagnostics(alone.getSourceFile(file)).map(complaint)).toEqual([]);
  }
});

test('every bot in the documentation can be loaded', async () => {
  const files = documents.flatMap(writeBlocks).filter((file) => readFileSync(file, 'utf8').includes('defineBot('));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const { default: bot } = (await import(pathToFileURL(file).href)) as { readonly default?: { plugins: unknown } };
    expect(bot?.plugins, file).toBeInstanceOf(Array);
  }
});

function declares(file: string): boolean {
  return readFileSync(file, 'utf8').includes("declare module 'everthread'");
}

function complaint({ file, start, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${file?.fileName.replace(folder, '') ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

test('every link between the documents leads somewhere', () => {
  const broken = documents.flatMap((document) =>
    [...readFileSync(join(root, document), 'utf8').matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !ts.sys.fileExists(join(root, document, '..', target)))
      .map((target) => `${document}: ${target}`),
  );
  expect(broken).toEqual([]);
});
