import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asPersona,
  askEmail,
  askPhone,
  buttonMessage,
  callButton,
  card,
  inReplyTo,
  postbackButton,
  products,
  quickReply,
  silently,
  sticker,
  textMessage,
  urlButton,
  utility,
  withQuickReplies,
} from '../../src/index.ts';
import { messageClass, textOfOutbound, type Sayable } from '../../src/messenger/outbound/outbound-message.ts';
import { outboundMessage, outboundMessages } from '../../src/messenger/outbound/sayable.ts';
import { sendApiRequest } from '../../src/messenger/outbound/send-api.ts';
import {
  markSeen,
  react,
  senderActionRequest,
  typingOff,
  typingOn,
  unreact,
  type SenderAction,
} from '../../src/messenger/outbound/sender-action.ts';
import { messengerProfile } from '../../src/messenger/profile.ts';
import { codeOf } from './code-of.ts';
import { everyMessage } from './every-message.ts';
import { aCard, aCoupon, aGrid, aMediaCard, aReceipt, aSurvey, template } from './message-limits.ts';

const yes = postbackButton('Yes', 'YES');

test('a string becomes a text message', () => {
  expect(outboundMessage('We are open 9 to 5.')).toEqual({ text: 'We are open 9 to 5.' });
});

test('a text can carry quick replies', () => {
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

test('the text of a message is what the person sees', () => {
  expect(textOfOutbound(textMessage('hello'))).toBe('hello');
  expect(textOfOutbound(buttonMessage('Shall we?', [yes]))).toBe('Shall we?');
});

const TOO_MUCH: [what: string, code: string, build: () => unknown][] = [
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

test.each(TOO_MUCH)('%s is rejected by its builder', (_, code, build) => {
  expect(codeOf(build)).toBe(code);
});

const TWO_ANSWERS = {
  url: 'https://shop.example/a.png',
  action: { type: 'postback', payload: 'A', url: 'https://b.example' },
};

const BY_HAND: [what: string, code: string, message: unknown][] = [
  ['an empty object', 'message_invalid', {}],
  ['null', 'message_invalid', null],
  ['a number', 'message_invalid', 5],
  ['a text that is a number', 'message_invalid', { text: 5 }],
  ['metadata, which is ours', 'message_invalid', { text: 'hi', metadata: 'x' }],
  ['suggestions that are no list', 'message_invalid', { text: 'hi', quick_replies: {} }],
  ['a suggestion of a retired kind', 'message_invalid', { text: 'hi', quick_replies: [{ content_type: 'location' }] }],
  ['a text beside a picture', 'message_invalid', { text: 'hi', attachment: { type: 'image', payload: {} } }],
  ['a picture without address', 'url_invalid', { attachment: { type: 'image', payload: {} } }],
  ['a picture whose id is a number', 'id_invalid', { attachment: { type: 'image', payload: { attachment_id: 7 } } }],
  ['an attachment of an unknown kind', 'message_invalid', { attachment: { type: 'location', payload: {} } }],
  ['a template of an unknown type', 'message_invalid', template('list', {})],
  ['a card with a title alone', 'card_incomplete', template('generic', { elements: [{ title: 'Bike' }] })],
  ['a strange key in a card', 'message_invalid', aCard({ colour: 'green' })],
  ['a media card from elsewhere', 'url_invalid', aMediaCard({ url: 'https://shop.example/a.png' })],
  ['a media card of sound', 'message_invalid', aMediaCard({ media_type: 'audio' })],
  ['a coupon with a space in its code', 'coupon_code_invalid', aCoupon({ coupon_code: 'TEN OFF' })],
  ['a coupon without code and url', 'coupon_incomplete', template('coupon', { title: 'Sale' })],
  ['a receipt without a sum', 'number_invalid', aReceipt({ summary: {} })],
  ['a receipt in a made-up currency', 'currency_invalid', aReceipt({ currency: 'euro' })],
  ['a receipt with a time as a number', 'number_invalid', aReceipt({ timestamp: 1791200000 })],
  ['a survey without privacy', 'message_invalid', aSurvey({ business_privacy: undefined })],
  ['a survey of half days', 'number_invalid', aSurvey({ expires_in_days: 1.5 })],
  ['a grid with a call button', 'message_invalid', aGrid({ buttons: [callButton('Call', '+351210000000')] })],
  ['a picture of a grid with two answers', 'message_invalid', aGrid({ images: [TWO_ANSWERS, TWO_ANSWERS] })],
  ['a product id that is a number', 'id_invalid', template('product', { elements: [{ id: 990011 }] })],
  ['a sticker id that is a text', 'id_invalid', { sticker_id: '369239263222822' }],
  ['a utility message without language', 'message_invalid', { template: { name: 'visit' } }],
  ['a utility message with an empty value', 'text_empty', { template: { name: 'visit', language: { code: ' ' } } }],
  ['a strange key in an envelope', 'message_invalid', { message: 'hi', tag: 'HUMAN_AGENT' }],
  ['a persona that is no id', 'id_invalid', { message: 'hi', persona: 'Marta' }],
  ['a made-up notification', 'message_invalid', { message: 'hi', notification: 'loud' }],
  ['a button of an unknown kind', 'message_invalid', buttons({ type: 'game_play', title: 'Play' })],
  ['a long button', 'text_too_long', buttons({ type: 'postback', title: 'a'.repeat(21), payload: 'A' })],
];

function buttons(...list: readonly unknown[]): unknown {
  return { attachment: { type: 'template', payload: { template_type: 'button', text: '?', buttons: list } } };
}

test.each(BY_HAND)('a message written by hand with %s is rejected', (_, code, message) => {
  expect(codeOf(() => outboundMessages(message as Sayable))).toBe(code);
});

test('a message written by hand within the limits is unchanged', () => {
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
  expect(() => card({ title: 'a'.repeat(81), subtitle: 'b' })).toThrow(
    'The title of a card has 81 characters and Meta takes at most 80. Shorten it.',
  );
  expect(() => products(Array(11).fill('990011'))).toThrow(
    'The products are 11 and Meta takes 1 to 10. Change the list.',
  );
});

test('characters are counted as code points, so that an emoji is one', () => {
  expect(codeOf(() => quickReply('💚'.repeat(20), 'A'))).toBeUndefined();
  expect(codeOf(() => quickReply('💚'.repeat(21), 'A'))).toBe('text_too_long');
});

test('any value is either accepted or rejected with a code', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      expect(codeOf(() => outboundMessages(anything as Sayable)) ?? 'fine').toMatch(/^[a-z_]+$/);
    }),
  );
});

const PICTURES = 'https://shop.example';

test.each(everyMessage(PICTURES, '741100223344556'))('%s passes the check unchanged', (_, built) => {
  const [part, ...more] = outboundMessages(built);
  expect(more).toEqual([]);
  expect(outboundMessages(JSON.parse(JSON.stringify(built)) as Sayable)).toEqual([part]);
  expect(JSON.parse(JSON.stringify(part))).toEqual(part);
});

test.each(everyMessage(PICTURES, '741100223344556'))('%s has a text for the transcript', (_, built) => {
  expect(textOfOutbound(outboundMessage(built)).trim()).not.toBe('');
});

test('a message without text is described in the transcript', () => {
  const words = Object.fromEntries(
    everyMessage(PICTURES, '741100223344556').map(([name, one]) => [name, textOfOutbound(outboundMessage(one))]),
  );
  expect(words).toMatchObject({
    'a carousel': 'City bike · Road bike · Cargo bike, for two children and the shopping of a week',
    'a media card': '[image] 741100223344556',
    'a receipt': '[receipt A-77] 663 EUR',
    'a coupon': '10% off everything',
    'a survey': 'How did we do?',
    'an address form': '[address form]',
    'a grid': 'New this spring',
    products: '[products] 990011, 990012',
    'a picture': '[image] https://shop.example/city.png',
    'a thumbs-up': '👍',
    'another sticker': '[sticker 767226160478561]',
    'a utility message': '[order_shipped] order_id: A-77, day: Friday',
    'a utility message by place': '[visit] Friday, 9',
    'a text of a persona': 'Marta here',
  });
});

test("the class of a message says which of Meta's rules apply", () => {
  const classOf = (sayable: Sayable) => messageClass(outboundMessage(sayable));
  expect(classOf('Hi')).toBe('ordinary');
  expect(classOf(utility('visit'))).toBe('utility');
  expect(classOf(aSurvey({}) as Sayable)).toBe('feedback');
  expect(classOf(sticker())).toBe('sticker');
});

test("a utility message has Meta's shape", () => {
  expect(utility('order_shipped', { order_id: 'A-77' }, { language: 'pt_PT', payloads: ['TRACK'] })).toEqual({
    template: {
      name: 'order_shipped',
      language: { code: 'pt_PT' },
      components: [
        { type: 'body', parameters: [{ type: 'text', parameter_name: 'order_id', text: 'A-77' }] },
        { type: 'buttons', parameters: [{ type: 'POSTBACK', payload: 'TRACK' }] },
      ],
    },
  });
});

test('delivery options are beside the message in the request', () => {
  const [part] = outboundMessages(inReplyTo('m_Text1', asPersona('990022', silently('Yes'))));
  const request = sendApiRequest({ comment_id: '771200345600981_55501' }, { messaging_type: 'RESPONSE' }, part!, 's/1');
  expect(request).toEqual({
    recipient: { comment_id: '771200345600981_55501' },
    messaging_type: 'RESPONSE',
    message: { text: 'Yes', metadata: 's/1' },
    reply_to: { mid: 'm_Text1' },
    persona_id: '990022',
    notification_type: 'SILENT_PUSH',
  });
});

test("a sender action has Meta's shape", () => {
  const recipient = { id: '6120459871230045' };
  const request = (action: SenderAction) => senderActionRequest(recipient.id, action);
  expect(request(typingOn())).toEqual({ recipient, sender_action: 'typing_on' });
  expect(request(typingOff())).toEqual({ recipient, sender_action: 'typing_off' });
  expect(request(markSeen())).toEqual({ recipient, sender_action: 'mark_seen' });
  const payload = { message_id: 'm_Text1' };
  expect(request(react('m_Text1', '🎉'))).toEqual({
    recipient,
    sender_action: 'react',
    payload: { ...payload, reaction: '🎉' },
  });
  expect(request(unreact('m_Text1'))).toEqual({ recipient, sender_action: 'unreact', payload });
  expect(codeOf(() => react('m_Text1', ''))).toBe('text_empty');
});

test('a sticker and a utility message carry no quick replies', () => {
  expect(codeOf(() => withQuickReplies([quickReply('A')], sticker()))).toBe('message_invalid');
  expect(codeOf(() => withQuickReplies([quickReply('A')], utility('visit')))).toBe('message_invalid');
  expect(withQuickReplies([quickReply('A')], silently('Which?'))).toEqual({
    notification: 'silent',
    message: { text: 'Which?', quick_replies: [{ content_type: 'text', title: 'A', payload: 'A' }] },
  });
});

test('a menu without a default locale is rejected', () => {
  expect(codeOf(() => messengerProfile({ greeting: [{ locale: 'pt_PT', text: 'Olá' }] }))).toBe(
    'default_locale_missing',
  );
});
