/** Every bundled plugin has a page, which names every option and has an example that compiles. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { codeBlocks } from '../docs/code-blocks.ts';

const root = join(import.meta.dirname, '..', '..');
const folders = readdirSync(join(root, 'src', 'plugins'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const file = (...path: readonly string[]) => join(root, 'src', 'plugins', ...path, 'index.ts');
const files = [file(), ...folders.map((folder) => file(folder))];
const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true });
const checker = program.getTypeChecker();

/** The exports of a folder's `index.ts`: builders, and the types of their options. */
function exportsOf(...path: readonly string[]): readonly ts.Symbol[] {
  const door = checker.getSymbolAtLocation(program.getSourceFile(file(...path))!);
  return checker
    .getExportsOfModule(door!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

/** The names of all options of a folder's builders, including those of a union's members. */
function optionsOf(folder: string): readonly string[] {
  const written = exportsOf(folder)
    .filter(({ flags, name }) => flags & ts.SymbolFlags.Type && /Options$|Texts$|^(Choice|Question)$/.test(name))
    .map((symbol) => checker.getDeclaredTypeOfSymbol(symbol));
  const members = written.flatMap((type) => (type.isUnion() ? type.types : [type]));
  return [...new Set(members.flatMap((type) => checker.getPropertiesOfType(type).map(({ name }) => name)))];
}

/** The builders that a bot's file can call. */
function buildersOf(folder: string): readonly string[] {
  const exported = new Set(exportsOf());
  return exportsOf(folder)
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Function && exported.has(symbol))
    .map(({ name }) => name);
}

describe.each(folders)('docs/plugins/%s.md', (folder) => {
  const document = join('docs', 'plugins', `${folder}.md`);
  const page = () => readFileSync(join(root, document), 'utf8');

  test("has the plugin's name as its title, and says what state it has", () => {
    expect(page().split('\n')[0]).toBe(`# ${folder}`);
    expect([...page().matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(
      expect.arrayContaining(['Options', 'Topics', 'State']),
    );
  });

  test('names every option and every builder', () => {
    expect(optionsOf(folder).filter((name) => !page().includes(`\`${name}\``))).toEqual([]);
    const builders = buildersOf(folder);
    expect(builders.length).toBeGreaterThan(0);
    expect(builders.filter((name) => !page().includes(`${name}(`))).toEqual([]);
  });

  test('has an example of it that compiles', () => {
    const [first] = codeBlocks(document);
    expect(first?.type).toBe('file');
    expect(first?.code).toContain("from 'everthread/plugins'");
    expect(buildersOf(folder).some((name) => first?.code.includes(`${name}(`))).toBe(true);
  });
});

test('all options are read from the code', () => {
  const counts = folders.map((folder) => [folder, optionsOf(folder).length]);
  expect(Object.fromEntries(counts)).toEqual({
    analytics: 1,
    assistant: 2,
    broadcast: 8,
    faq: 7,
    'follow-up': 5,
    form: 24,
    handoff: 8,
    'lead-capture': 20,
    menu: 15,
    'opt-out': 4,
    segments: 9,
    welcome: 4,
  });
});
