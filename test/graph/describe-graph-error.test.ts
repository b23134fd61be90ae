import { expect, test } from 'vitest';
import { quoteForTerminal, describeGraphError } from '../../src/graph/describe-graph-error.ts';

test("a refusal is described by its code, Meta's message and its meaning, without the token", () => {
  const error = { code: 190, error_subcode: 463, message: 'Malformed access token EAASECRET' };

  const words = describeGraphError({ status: 'refused', error }, 'EAASECRET');

  expect(words).toMatch(/^Meta answers 190\/463 "Malformed access token \[secret\]": \w+/);
});

test('a missing answer is described by what is unknown', () => {
  expect(describeGraphError({ status: 'no_answer', outcome: 'timeout_before_response' })).toMatch(
    /^Nobody can say whether it was done: The/,
  );
  expect(describeGraphError({ status: 'no_answer', outcome: 'connect_refused' })).toMatch(
    /^The Graph API cannot be reached: The/,
  );
});

test('foreign text is quoted, and control characters are escaped', () => {
  expect(quoteForTerminal('Olá "Ana" 👋')).toBe('"Olá \\"Ana\\" 👋"');
  expect(quoteForTerminal('\u001b[2J\u009b\u202e\u200f')).toBe('"\\u001b[2J\\u009b\\u202e\\u200f"');
});
