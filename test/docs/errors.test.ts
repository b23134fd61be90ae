import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('simulator'))
  .map((file) => readFileSync(join(root, 'src', file), 'utf8'));

function codesInSource(): Set<string> {
  const codes = new Set<string>();
  for (const source of sources) {
    for (const [, code = ''] of source.matchAll(/new BotError\(\s*'(\w+)'/g)) codes.add(code);
    for (const [, code = ''] of source.matchAll(/readonly code = '(\w+)'/g)) codes.add(code);
    for (const [, union = ''] of source.matchAll(
      /type (?:TemporalErrorCode|RefusalReason|BreakerReason|ErrorClass) =([^;]+);/g,
    )) {
      for (const [, code = ''] of union.matchAll(/'(\w+)'/g)) codes.add(code);
    }
    for (const [, code = ''] of source.matchAll(/\|\| '(\w+)' \}/g)) codes.add(code);
    for (const [, code = ''] of source.matchAll(/status: 'failed', code: '(\w+)'/g)) codes.add(code);
    for (const [, code = ''] of source.matchAll(/(?:ATTACHMENT_EXPIRED|TAKEN_OVER) = '(\w+)'/g)) codes.add(code);
  }
  return codes;
}

function codesInDocument(): Set<string> {
  const text = readFileSync(join(root, 'docs', 'errors.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);
  return new Set([...rows, ...[...text.matchAll(/\(`(\w+)`\)/g)].map(([, code = '']) => code)]);
}

test('every error code has a row in docs/errors.md, and every row a code', () => {
  const inSource = codesInSource();
  const inDocument = codesInDocument();
  expect([...inSource].filter((code) => !inDocument.has(code))).toEqual([]);
  expect([...inDocument].filter((code) => !inSource.has(code))).toEqual([]);
});
