import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/messenger/limits.ts';
import type { Sayable } from '../../src/messenger/outbound-message.ts';
import { messengerProfile } from '../../src/messenger/profile.ts';
import { outboundMessage, outboundMessages } from '../../src/messenger/sayable.ts';
import { sendApiRequest } from '../../src/messenger/send-api.ts';
import { fixtureTable } from '../support/fixtures.ts';
import { codeOf } from './code-of.ts';
import { limitOf, MESSAGE_LIMITS, PROFILE_LIMITS, rowsAbout, sizesBeyond } from './message-limits.ts';

describe.each(MESSAGE_LIMITS)('$row', ({ row, kind, code, of }) => {
  test("a message at Meta's limit goes out as it is", () => {
    const message = of(limitOf(row));
    expect(outboundMessage(message as Sayable)).toEqual(message);
  });

  test('one beyond it is refused', () => {
    for (const size of sizesBeyond({ row, kind, code, of })) {
      expect(codeOf(() => outboundMessage(of(size) as Sayable))).toBe(code);
    }
  });
});

describe.each(PROFILE_LIMITS)('$row', ({ row, kind, code, of }) => {
  test("a profile at Meta's limit stays as it is", () => {
    const profile = of(limitOf(row));
    expect(messengerProfile(profile)).toEqual(profile);
  });

  test('one beyond it is refused', () => {
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
  expect(LIMITS.textBytesOnInstagram).toBe(most);
  expect(outboundMessages('é'.repeat(most / 2), 'instagram')).toHaveLength(1);
  expect(outboundMessages('é'.repeat(most / 2) + 'x', 'instagram')).toHaveLength(2);
});

test('metadata.length: the name of a send fits, one more character is refused', () => {
  const most = limitOf('metadata.length') - 1; // "below 1000"
  const request = (metadata: string) =>
    sendApiRequest({ id: '6120459871230045' }, { messaging_type: 'RESPONSE' }, { message: { text: 'Hi' } }, metadata);
  expect(request('x'.repeat(most)).message.metadata).toHaveLength(most);
  expect(codeOf(() => request('x'.repeat(most + 1)))).toBe('text_too_long');
});

/** Limits that no message built here can break, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'text.length': 'above',
  'metadata.length': 'above',
  'template.one_time_notif_req.title.length': 'not built: beta, and the Page must ask Meta for it',
  'one_time_notif_token.lifetime.max': 'not built: beta, and the Page must ask Meta for it',
  'button.audio_call.expires.max': 'not built: calls are out of scope',
  'media.file.size': "of the file, which only Meta sees; the simulator's upload checks it",
  'media.image_by_url.size': 'of the file, which only Meta sees',
  'media.url_fetch.timeout': 'of the server that has the file',
  'media.url_fetch_video.timeout': 'of the server that has the file',
  'media.attachment_id.lifetime': 'the simulator keeps it by its clock',
  'persona.name.length': 'personas are made in the Page, not here',
  'persona.picture.size': 'personas are made in the Page, not here',
  'private_reply.count': 'the simulator counts them',
  'private_reply.deadline': 'the simulator keeps it by its clock',
};

test("every row of Meta's table about a message, a button or the profile is looked at here", () => {
  const about = ['text.', 'metadata.', 'quick_', 'template.', 'button.', 'media.', 'persona.', 'private_', 'profile.'];
  const tested = new Set([...MESSAGE_LIMITS, ...PROFILE_LIMITS].map(({ row }) => row));
  const missing = rowsAbout(...about, 'one_time').filter((row) => !tested.has(row) && !(row in ELSEWHERE));
  expect(missing).toEqual([]);
});

test('no limit is loosened where nothing tests it', () => {
  const inTable = new Set([...MESSAGE_LIMITS, ...PROFILE_LIMITS].map(({ row }) => limitOf(row)));
  const numbers = [LIMITS.text + 1, LIMITS.metadata + 1, LIMITS.textBytesOnInstagram];
  const strange = Object.entries(LIMITS).filter(([, limit]) => !inTable.has(limit) && !numbers.includes(limit + 1));
  expect(strange.filter(([name]) => name !== 'textBytesOnInstagram')).toEqual([]);
});
