import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BotError } from '../../src/messenger/bot-error.ts';
import { callButton, postbackButton, urlButton } from '../../src/messenger/button.ts';
import { LIMITS } from '../../src/messenger/limits.ts';
import { buttonMessage, textMessage } from '../../src/messenger/message-builders.ts';
import { textOfOutbound } from '../../src/messenger/outbound-message.ts';
import type { Sayable } from '../../src/messenger/outbound-message.ts';
import { askEmail, askPhone, quickReply } from '../../src/messenger/quick-reply.ts';
import { outboundMessage } from '../../src/messenger/sayable.ts';
import { fixtureTable } from '../support/fixtures.ts';

/** The code of the error that `build` throws. */
function codeOf(build: () => unknown): string | undefined {
  try {
    build();
  } catch (error) {
    return error instanceof BotError ? error.code : `no BotError but ${String(error)}`;
  }
  return undefined;
}

const yes = postbackButton('Yes', 'YES');

test('a string goes out as a text message', () => {
  expect(outboundMessage('We are open 9 to 5.')).toEqual({ text: 'We are open 9 to 5.' });
});

test('a text can carry suggestions', () => {
  expect(textMessage('Which colour?', [quickReply('Green', 'COLOR:GREEN'), askEmail(), askPhone()])).toEqual({
    text: 'Which colour?',
    quick_replies: [
      { content_type: 'text', title: 'Green', payload: 'COLOR:GREEN' },
      { content_type: 'user_email' },
      { content_type: 'user_phone_number' },
    ],
  });
});

test('a text can stand above buttons', () => {
  const buttons = [yes, urlButton('Look', 'https://shop.example/'), callButton('Call us', '+351210000000')];
  expect(buttonMessage('Shall we?', buttons)).toEqual({
    attachment: {
      type: 'template',
      payload: {
        template_type: 'button',
        text: 'Shall we?',
        buttons: [
          { type: 'postback', title: 'Yes', payload: 'YES' },
          { type: 'web_url', title: 'Look', url: 'https://shop.example/' },
          { type: 'phone_number', title: 'Call us', payload: '+351210000000' },
        ],
      },
    },
  });
});

test('the text of a message is what a person reads', () => {
  expect(textOfOutbound(textMessage('hello'))).toBe('hello');
  expect(textOfOutbound(buttonMessage('Shall we?', [yes]))).toBe('Shall we?');
});

const TOO_MUCH: [what: string, code: string, build: () => unknown][] = [
  ['a text over the limit', 'text_too_long', () => textMessage('a'.repeat(LIMITS.text + 1))],
  ['an empty text', 'text_empty', () => textMessage(' \n')],
  ['a long suggestion', 'text_too_long', () => quickReply('a'.repeat(21), 'A')],
  ['a long payload', 'text_too_long', () => quickReply('A', 'a'.repeat(1001))],
  ['14 suggestions', 'too_many_quick_replies', () => textMessage('?', Array(14).fill(quickReply('A', 'A')))],
  ['a long text above buttons', 'text_too_long', () => buttonMessage('a'.repeat(641), [yes])],
  ['no button', 'wrong_number_of_buttons', () => buttonMessage('?', [])],
  ['four buttons', 'wrong_number_of_buttons', () => buttonMessage('?', [yes, yes, yes, yes])],
  ['a long button', 'text_too_long', () => postbackButton('a'.repeat(21), 'A')],
  ['an address without https', 'url_invalid', () => urlButton('Look', 'shop.example')],
  ['a phone number without country', 'phone_invalid', () => callButton('Call', '210000000')],
];

test.each(TOO_MUCH)('%s is refused where it is built', (_, code, build) => {
  expect(codeOf(build)).toBe(code);
});

const BY_HAND: [what: string, code: string, message: unknown][] = [
  ['an empty object', 'message_invalid', {}],
  ['null', 'message_invalid', null],
  ['a number', 'message_invalid', 5],
  ['a text that is a number', 'message_invalid', { text: 5 }],
  ['metadata, which is ours', 'message_invalid', { text: 'hi', metadata: 'x' }],
  ['suggestions that are no list', 'message_invalid', { text: 'hi', quick_replies: {} }],
  ['a suggestion of a retired kind', 'message_invalid', { text: 'hi', quick_replies: [{ content_type: 'location' }] }],
  ['a long text', 'text_too_long', { text: 'a'.repeat(2000) }],
  ['a photo', 'message_invalid', { attachment: { type: 'image', payload: { url: 'https://a.example/b.png' } } }],
  ['a button of an unknown kind', 'message_invalid', buttons({ type: 'game_play', title: 'Play' })],
  ['a long button', 'text_too_long', buttons({ type: 'postback', title: 'a'.repeat(21), payload: 'A' })],
];

function buttons(...list: readonly unknown[]): unknown {
  return { attachment: { type: 'template', payload: { template_type: 'button', text: '?', buttons: list } } };
}

test.each(BY_HAND)('a message written by hand with %s is refused', (_, code, message) => {
  expect(codeOf(() => outboundMessage(message as Sayable))).toBe(code);
});

test('a message written by hand within the limits goes out as it is', () => {
  const withPicture = {
    text: 'Which?',
    quick_replies: [
      { content_type: 'text', title: 'A', payload: 'A', image_url: 'https://shop.example/a.png' },
      { content_type: 'user_email' },
    ],
  } satisfies Sayable;
  expect(outboundMessage(withPicture)).toEqual(withPicture);
  expect(outboundMessage(buttonMessage('?', [yes]))).toEqual(buttonMessage('?', [yes]));
});

test('an error says what happened, with which value, and what to do', () => {
  expect(() => textMessage('a'.repeat(2005))).toThrow(
    'The text has 2005 characters and Meta takes at most 1999. Shorten it.',
  );
});

test('characters are counted as code points, so that an emoji is one', () => {
  expect(codeOf(() => quickReply('💚'.repeat(20), 'A'))).toBeUndefined();
  expect(codeOf(() => quickReply('💚'.repeat(21), 'A'))).toBe('text_too_long');
});

test('whatever is handed over either goes out or is refused with a code', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      expect(codeOf(() => outboundMessage(anything as Sayable)) ?? 'fine').toMatch(/^[a-z_]+$/);
    }),
  );
});

test("the limits are Meta's", () => {
  const rows = fixtureTable<{ what: string; messenger: number | null }>('send-limits.json');
  const limit = (what: string) => rows.find((row) => row.what === what)?.messenger;
  expect(LIMITS).toEqual({
    text: (limit('text.length') ?? 0) - 1, // "below 2000"
    quickReplies: limit('quick_replies.count'),
    quickReplyTitle: limit('quick_reply.title.length'),
    quickReplyPayload: limit('quick_reply.payload.length'),
    buttonText: limit('template.button.text.length'),
    buttons: limit('template.button.buttons.max'),
    buttonTitle: limit('button.postback.title.length'),
    buttonPayload: limit('button.postback.payload.length'),
  });
  expect(limit('button.web_url.title.length')).toBe(LIMITS.buttonTitle);
});
