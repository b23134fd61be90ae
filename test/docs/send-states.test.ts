import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENT, withDiagram } from '../../scripts/send-states.ts';

test('the states of a send in docs/architecture.md are those of the ledger; `npx tsx scripts/send-states.ts` writes them', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  expect(withDiagram(document)).toBe(document);
});
