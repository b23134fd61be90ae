/** Every public export says what it means, and every option its meaning: `npm run check` holds both at 100 %. */

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly 'everthread-source': string }>>;
};
const sources = Object.values(entries).flatMap((entry) =>
  typeof entry === 'string' ? [] : [join(root, entry['everthread-source'])],
);
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
  ts.sys,
  root,
);
const program = ts.createProgram(sources, options);
const checker = program.getTypeChecker();

/** The symbol behind `export { x } from …`. */
function original(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isDocumented(symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0;
}

function placeOf(symbol: ts.Symbol): string {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) return symbol.name;
  const file = declaration.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
  return `${relative(root, file.fileName)}:${line} ${symbol.name}`;
}

function isOurs(symbol: ts.Symbol): boolean {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
  return file.startsWith(join(root, 'src'));
}

const exported = sources.flatMap((source) => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(source)!);
  return module ? checker.getExportsOfModule(module).map(original) : [];
});

/** Options of what is exported, and the interfaces that developers get or give: each field is read by somebody. */
function isFieldwise(symbol: ts.Symbol): boolean {
  return /(?:Options|Settings)$/.test(symbol.name);
}

test('every public export has a sentence that says what it means', () => {
  expect(exported.length).toBeGreaterThan(100);
  expect(exported.filter((symbol) => isOurs(symbol) && !isDocumented(symbol)).map(placeOf)).toEqual([]);
});

test('every option has a sentence that says what it means', () => {
  const checked = exported.filter(isFieldwise).flatMap((symbol) => {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const members = type.isUnion() ? type.types.flatMap((part) => part.getProperties()) : type.getProperties();
    return members.filter(isOurs);
  });
  expect(checked.length).toBeGreaterThan(50);
  const bare = new Set(checked.filter((member) => !isDocumented(member)).map(placeOf));
  expect([...bare]).toEqual([]);
});
