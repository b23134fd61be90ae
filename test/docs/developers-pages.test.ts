/** `docs/writing-plugins.md` and `docs/sequences.md` have every part, hook and member that a developer can use. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** The names in an interface of a file. */
function membersOf(file: string, interfaceName: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`${file} has no interface ${interfaceName}.`);
  return found.members.map((member) => member.name?.getText() ?? '');
}

test.each([
  ['docs/writing-plugins.md', 'src/plugins/plugin.ts', 'Plugin', ''],
  ['docs/writing-plugins.md', 'src/plugins/plugin.ts', 'PluginContext', ''],
  ['docs/sequences.md', 'src/plugins/sequence.ts', 'Sequence', ''],
  ['docs/sequences.md', 'src/plugins/sequence.ts', 'SequenceContext', 'seq.'],
])('%s names all that %s has in %s', (page, file, interfaceName, prefix) => {
  const members = membersOf(file, interfaceName);
  expect(members.length).toBeGreaterThan(5);
  const table = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ')[0])
    .join();
  expect(members.filter((member) => !table.includes(`\`${prefix}${member}\``))).toEqual([]);
});
