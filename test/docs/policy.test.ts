import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENT, withTables } from '../../scripts/policy-tables.ts';

test('the tables of docs/policy.md are those of the code; `npx tsx scripts/policy-tables.ts` writes them', () => {
  const document = readFileSync(DOCUMENT, 'utf8');

  expect(withTables(document)).toBe(document);
});
