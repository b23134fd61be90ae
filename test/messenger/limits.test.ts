import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/messenger/outbound/limits.ts';
import type { Sayable } from '../../src/messenger/outbound/outbound-message.ts';
import { outboundMessage, outboundMessages } from '../../src/messenger/outbound/sayable.ts';
import { sendApiRequest } from '../../src/messenger/outbound/send-api.ts';
import { messengerProfile } from '../../src/messenger/profile.ts';
import { fixtureTable } from '../support/fixtures.ts';
import { codeOf } from './code-of.ts';
import { codeOfBuilding, KEPT_ELSEWHERE, NOT_BUILT, ONLY_META } from './kept-elsewhere.ts';
import { allRows, limitOf, MESSAGE_LIMITS, PROFILE_LIMITS, sizesBeyond } from './message-limits.ts';

const documentation = readFileSync('docs/messenger.md', 'utf8');

describe.each(MESSAGE_LIMITS)('$row', ({ row, kind, code, of }) => {
  test("a message at Meta's limit is built unchanged", () => {
    const message = of(limitOf(row));
    expect(outboundMessage(message as Sayable)).toEqual(message);
  });

  test('one beyond it is rejected', () => {
    for (const size of sizesBeyond({ row, kind, code, of })) {
      expect(codeOf(() => outboundMessage(of(size) as Sayable))).toBe(code);
    }
  });
});

describe.each(PROFILE_LIMITS)('$row', ({ row, kind, code, of }) => {
  test("a profile at Meta's limit is unchanged", () => {
    const profile = of(limitOf(row));
    expect(messengerProfile(profile)).toEqual(profile);
  });

  test('one beyond it is rejected', () => {
    for (const size of sizesBeyond({ row, kind, code, of })) {
      expect(codeOf(() => messengerProfile(of(size)))).toBe(code);
    }
  });
});

test('text.length: a text at the limit is one message, one more character makes it two', () => {
  const most = limitOf('text.length') - 1; // "below 2000"
  expect(outboundMessages('x'.repeat(most))).toHaveLength(1);
  expect(outboundMessages('x'.repeat(most + 1))).toHaveLength(2);
});

test('text.length on Instagram counts bytes', () => {
  const rows = fixtureTable<{ what: string; instagram: number | null }>('send-limits.json');
  const most = rows.find(({ what }) => what === 'text.length')?.instagram ?? 0;
  expect(LIMITS.instagramTextBytes).toBe(most);
  expect(outboundMessages('é'.repeat(most / 2), 'instagram')).toHaveLength(1);
  expect(outboundMessages('é'.repeat(most / 2) + 'x', 'instagram')).toHaveLength(2);
});

test('metadata.length: a send id of the maximum length fits, one more character is rejected', () => {
  const most = limitOf('metadata.length') - 1; // "below 1000"
  const request = (metadata: string) =>
    sendApiRequest({ id: '6120459871230045' }, { messaging_type: 'RESPONSE' }, { message: { text: 'Hi' } }, metadata);
  expect(request('x'.repeat(most)).message.metadata).toHaveLength(most);
  expect(codeOf(() => request('x'.repeat(most + 1)))).toBe('text_too_long');
});

test.each(KEPT_ELSEWHERE)("$row: $by enforces Meta's limit", async ({ row, kept }) => {
  expect(await kept()).toBe(limitOf(row));
});

test.each(NOT_BUILT)('$row: not supported, so it is rejected before Meta sees it', ({ code, message }) => {
  expect(codeOfBuilding(message)).toBe(code);
});

test.each(Object.keys(ONLY_META))('%s: only Meta enforces it, and the documentation gives its number', (row) => {
  expect(documentation).toContain(`| \`${row}\` |`);
});

test("every row of Meta's table has exactly one test above, and every test a row", () => {
  const ours = [
    'text.length',
    'metadata.length',
    ...[...MESSAGE_LIMITS, ...PROFILE_LIMITS, ...KEPT_ELSEWHERE, ...NOT_BUILT].map(({ row }) => row),
    ...Object.keys(ONLY_META),
  ];
  expect(ours.toSorted()).toEqual(allRows().toSorted());
});

test('every number in LIMITS is tested', () => {
  const inTable = new Set([...MESSAGE_LIMITS, ...PROFILE_LIMITS].map(({ row }) => limitOf(row)));
  const numbers = [LIMITS.textChars + 1, LIMITS.metadataChars + 1, LIMITS.instagramTextBytes];
  const strange = Object.entries(LIMITS).filter(([, limit]) => !inTable.has(limit) && !numbers.includes(limit + 1));
  expect(strange.filter(([name]) => name !== 'textBytesOnInstagram')).toEqual([]);
});
