import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/index.ts';
import { PagesFileError } from '../../src/config/pages-file.ts';
import * as codes from '../../src/domain/error-codes.ts';
import type { ErrorClass, ErrorCode } from '../../src/domain/error-codes.ts';

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');

/** The beginning of a heading in docs/errors.md, and the codes that its table has. */
const SECTIONS: Readonly<Record<string, readonly ErrorCode[]>> = {
  "### `{ status: 'refused', reason }`": codes.REFUSAL_REASONS,
  "### `{ status: 'failed', code }`": codes.FAILURE_REASONS,
  '### What waits': [...codes.HOLD_REASONS, ...codes.PENDING_REASONS],
  '## A message that cannot be built': codes.BUILD_ERRORS,
  '## A bot that cannot run': codes.BOT_FILE_ERRORS,
  '## Asking Meta': codes.COMMAND_ERRORS,
  '## Starting': codes.START_ERRORS,
  '## Encryption': codes.ENCRYPTION_ERRORS,
  '## The store': codes.STORE_ERRORS,
  "## Answers to Meta's webhooks": codes.WEBHOOK_ERRORS,
  '## The operator API': codes.OPERATOR_API_ERRORS,
  '## The client of the operator API': codes.CLIENT_ERRORS,
};

const ALL_CODES: readonly string[] = Object.values(SECTIONS).flat();

function codesIn(text: string): string[] {
  const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);
  return [...rows, ...[...text.matchAll(/\(`(\w+)`\)/g)].map(([, code = '']) => code)];
}

function section(heading: string): string {
  const start = document.indexOf(`\n${heading}`);
  expect(start).toBeGreaterThan(0);
  const end = document.slice(start + 1).search(/\n##/);
  return end < 0 ? document.slice(start) : document.slice(start, start + 1 + end);
}

describe('docs/errors.md has the codes of src/domain/error-codes.ts, and no others', () => {
  test.each(Object.entries(SECTIONS))('%s', (heading, expected) => {
    expect(codesIn(section(heading)).toSorted()).toEqual([...expected].toSorted());
  });

  test('the whole document', () => {
    expect(codesIn(document).toSorted()).toEqual(ALL_CODES.toSorted());
  });

  test('every list of the source has a section', () => {
    const lists = Object.values(codes).flatMap((value): readonly string[] =>
      typeof value === 'function' ? [] : value,
    );
    expect(lists.toSorted()).toEqual(ALL_CODES.toSorted());
  });

  test('a class of Graph API errors is the code of a failed send', () => {
    const classes: Record<ErrorClass, true> = {
      transient: true,
      rate_limited: true,
      window_closed: true,
      policy: true,
      person_unavailable: true,
      token_invalid: true,
      permission: true,
      thread_owner: true,
      bad_request: true,
      ambiguous: true,
    };
    for (const errorClass of Object.keys(classes)) {
      expect(codes.toSendFailure(errorClass)).toBe(errorClass);
      expect(ALL_CODES).toContain(errorClass);
    }
  });

  test('errors of the configuration, which knows no other folder, have listed codes', () => {
    const configCodes: readonly ErrorCode[] = [new ConfigError([]).code, new PagesFileError('pages.json').code];
    expect(ALL_CODES).toEqual(expect.arrayContaining([...configCodes]));
  });
});

test('a failure with a type that is no code ends as not_settled', () => {
  expect(codes.toSendFailure('TypeError')).toBe('not_settled');
  expect(codes.toSendFailure(undefined)).toBe('not_settled');
  expect(codes.toSendFailure('taken_over')).toBe('taken_over');
});
