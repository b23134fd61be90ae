/** The event readers of plugin authors, on recorded bodies. */

import { describe, expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { parseJson } from '../../src/api/webhook/parse-json.ts';
import {
  attachmentsOf,
  authorOf,
  commandOf,
  orderTotal,
  payloadOf,
  referralOf,
  type AttachmentsByType,
  type InboundEvent,
  type InboundEventKind,
  type OrderEvent,
} from '../../src/index.ts';
import { aText, webhookBody } from '../support/events.ts';
import { fixtureBytes, fixtureNames } from '../support/fixtures.ts';

type EventOf<Kind extends InboundEventKind> = Extract<InboundEvent, { kind: Kind }>;

function eventsOf(fixture: string): InboundEvent[] {
  return (decodeWebhook(parseJson(fixtureBytes(fixture))) ?? []).map(({ event }) => event);
}

function only<Kind extends InboundEventKind>(kind: Kind, fixture: string): EventOf<Kind> {
  const event = eventsOf(fixture).find((one): one is EventOf<Kind> => one.kind === kind);
  if (!event) throw new Error(`${fixture}.json tells no ${kind}.`);
  return event;
}

/** What a reader returns for every recorded event where it returns something, by the body's name. */
function readAll<Read>(read: (event: InboundEvent) => Read | undefined): [string, Read][] {
  return fixtureNames()
    .toSorted((a, b) => a.localeCompare(b))
    .flatMap((name) => eventsOf(name).map((event) => [name, read(event)] as [string, Read]))
    .filter(([, found]) => found !== undefined);
}

test('a payload is read from quick replies and postbacks alike, and from nothing else', () => {
  expect(readAll(payloadOf)).toEqual([
    ['batch-mixed', 'TRACK:A-78'],
    ['get-started-with-referral', 'GET_STARTED'],
    ['postback', 'TRACK:A-77'],
    ['postback-user-ref', 'CONFIRM:cart-7f21'],
    ['text-with-quick-reply', 'COLOR:GREEN'],
  ]);
});

test('a referral is read from messages, postbacks and referral events', () => {
  expect(readAll((event) => referralOf(event)?.source ?? referralOf(event)?.productId)).toEqual([
    ['get-started-with-referral', 'SHORTLINK'],
    ['lead-complete', 'ADS'],
    ['message-from-ad', 'ADS'],
    ['message-from-shop-product', '990011'],
    ['referral-ad', 'ADS'],
    ['referral-m-me', 'SHORTLINK'],
  ]);
});

describe('a command', () => {
  function commandIn(text: string | undefined, ...names: string[]) {
    const item = aText('', {});
    const message = { mid: 'm_1', ...(text !== undefined && { text }), commands: names.map((name) => ({ name })) };
    const [delivered] = decodeWebhook(webhookBody({ ...item, message })) ?? [];
    return delivered?.event.kind === 'message' ? commandOf(delivered.event) : undefined;
  }

  test.each([
    ['/order 12', 'order', '12'],
    ['/order', 'order', ''],
    ['/Order  12 pieces, please ', 'order', '12 pieces, please'],
    ['my order is late: /order 12', 'order', '12'],
    ['Order: 12', 'order', '12'],
    ['/preorder 12', 'order', '/preorder 12'],
    ['12', 'order', '12'],
  ])('%j is read as %s and %j', (text, name, rest) => {
    expect(commandIn(text, 'order')).toEqual({ name, rest });
  });

  test('is found among other words, as Meta recognises it', () => {
    expect(commandOf(only('message', 'command'))).toEqual({ name: 'flights', rest: 'to Lisbon on Friday' });
  });

  test('without text has an empty rest', () => {
    expect(commandIn(undefined, 'order')).toEqual({ name: 'order', rest: '' });
  });

  test('that Meta did not recognise is no command, with or without a slash', () => {
    expect(commandIn('/order 12')).toBeUndefined();
  });
});

describe('the total of an order', () => {
  const order = only('order', 'order');
  const of = (...products: Partial<OrderEvent['products'][number]>[]) =>
    orderTotal({ ...order, products: products.map((product) => ({ id: '1', currency: 'EUR', ...product })) });

  test('is the sum of its products', () => {
    expect(orderTotal(order)).toEqual({ amount: 23, currency: 'THB' });
    expect(orderTotal(only('order', 'big-ids'))).toEqual({ amount: 17.25, currency: 'EUR' });
  });

  test('is exact where sums of decimal numbers are not', () => {
    expect(of({ unitPrice: 0.1, quantity: 3 })).toEqual({ amount: 0.3, currency: 'EUR' });
    expect(of({ unitPrice: 1.005, quantity: 1 }, { unitPrice: 8.7, quantity: 9 })?.amount).toBe(79.305);
  });

  test.each([
    ['a price is missing', [{ quantity: 1 }]],
    ['a quantity is missing', [{ unitPrice: 5 }]],
    [
      'there are two currencies',
      [
        { unitPrice: 5, quantity: 1 },
        { unitPrice: 5, quantity: 1, currency: 'USD' },
      ],
    ],
    ['there is nothing in it', []],
  ])('is not known when %s', (_, products) => {
    expect(of(...products)).toBeUndefined();
  });
});

describe('attachments', () => {
  const EXPECTED: { readonly [Type in keyof AttachmentsByType]?: readonly [string, ...AttachmentsByType[Type][]] } = {
    image: ['image', { url: 'https://scontent.xx.fbcdn.net/v/mug_a.jpg?_nc_cat=101&oe=6A1F00C0' }],
    video: ['video', { url: 'https://video.xx.fbcdn.net/v/unboxing.mp4?oe=6A1F00C1' }],
    audio: ['audio', { url: 'https://cdn.fbsbx.com/v/audioclip_01.mp4?oe=6A1F00C2' }],
    file: ['file', { url: 'https://cdn.fbsbx.com/v/invoice_A77.pdf?oe=6A1F00C3' }],
    sticker: [
      'sticker',
      { stickerId: '369239263222822', url: 'https://scontent.xx.fbcdn.net/v/thumb_up.png?oe=6A1F00C7' },
    ],
    reel: [
      'reel',
      { videoId: '1203948576', title: 'How we fire our mugs', url: 'https://www.facebook.com/reel/1203948576' },
    ],
    post: [
      'shared-post',
      {
        postId: '122160000000000001',
        title: 'Spring sale',
        url: 'https://www.facebook.com/104857600123456/posts/771200345600981',
      },
    ],
    fallback: ['link-fallback', { title: 'Blue mug', url: 'https://shop.example/mugs/blue' }],
    template: [
      'product-template',
      {
        products: [
          {
            id: '990011',
            retailerId: 'SKU-7',
            title: 'Mug',
            subtitle: '€12.00',
            imageUrl: 'https://scontent.xx.fbcdn.net/v/sku7.jpg?oe=6A1F00C8',
          },
        ],
      },
    ],
    appointment_booking: [
      'appointment',
      {
        bookingId: 'bk_77',
        status: 'requested',
        startsAt: 1_791_210_000_000,
        endsAt: 1_791_213_600_000,
        timeZone: 'Europe/Lisbon',
      },
    ],
  };

  test.each(Object.entries(EXPECTED))('of type %s are read with their fields', (type, [fixture, ...expected]) => {
    const message = only('message', fixture);
    expect(attachmentsOf(message, type as keyof AttachmentsByType)).toStrictEqual(expected);
    expect(attachmentsOf(message, type === 'image' ? 'video' : 'image')).toEqual([]);
  });

  test('stay in order', () => {
    const urls = attachmentsOf(only('message', 'several-attachments'), 'image').map(({ url }) => url);
    expect(urls.map((url) => /(\w+)\.jpg/.exec(url)?.[1])).toEqual(['front', 'back', 'label']);
  });

  test('of an echo may have no details', () => {
    expect(attachmentsOf(only('echo', 'echo-from-other-app'), 'fallback')).toEqual([{}]);
  });

  function withAttachment(type: string, payload: unknown) {
    const message = { ...only('message', 'image'), attachments: [{ type, payload }] };
    return attachmentsOf(message, type as keyof AttachmentsByType);
  }

  test('of Instagram are read like those of Messenger', () => {
    expect(withAttachment('ig_reel', { reel_video_id: '7' })).toEqual([{ videoId: '7' }]);
    expect(withAttachment('ig_post', { id: '8' })).toEqual([{ postId: '8' }]);
  });

  test("that lack their type's fields are left out or empty", () => {
    expect(withAttachment('image', null)).toEqual([]);
    expect(withAttachment('template', { product: { elements: [null, 'x', { id: 5 }] } })).toEqual([
      { products: [{ id: '5' }] },
    ]);
    expect(withAttachment('template', 'nothing')).toEqual([{ products: [] }]);
    expect(withAttachment('appointment_booking', { start_time: 'soon' })).toEqual([{}]);
  });
});

test('an echo says whether an operator or another app wrote it', () => {
  const authors = ['echo-from-page-inbox', 'echo-from-other-app'].map((name) => authorOf(only('echo', name)));
  expect(authors).toEqual(['human', 'other_app']);
});
