/** What can go wrong by name: the numbers are Meta's, and the documentation has them all. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { graphErrorRule } from '../../src/messenger/graph-errors/index.ts';
import { FAILURES } from '../../src/testing/index.ts';

test('each name stands for an error of its class', () => {
  const classes = Object.entries(FAILURES).flatMap(([name, { fault }]) =>
    'code' in fault ? [[name, graphErrorRule(fault.code, fault.subcode).class]] : [],
  );
  expect(Object.fromEntries(classes)).toEqual({
    'rate limited': 'rate_limited',
    'temporary failure': 'transient',
    'person unavailable': 'person_unavailable',
    'window closed': 'window_closed',
    'permission missing': 'permission',
    'bad request': 'bad_request',
    'unknown failure': 'ambiguous',
    'delivered, but an error is answered': 'ambiguous',
  });
});

test('docs/testing.md lists each name with what it means', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/testing.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [name, meaning]);
  const table = Object.fromEntries(rows.filter(([name]) => name! in FAILURES));
  expect(table).toEqual(Object.fromEntries(Object.entries(FAILURES).map(([name, { meaning }]) => [name, meaning])));
});
