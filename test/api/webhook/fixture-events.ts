/** What must come out of every body under `test/fixtures/webhooks`: each event without its dedupe key. */

import { conversationId, type Channel } from '../../../src/domain/conversation-id.ts';

const ANA = '6120459871230045';
const BEN = '6120459871230112';
const CLEO = '6120459871230277';
const PAGE = '104857600123456';
const SECOND_PAGE = '104857600987654';
const START = 1_791_200_000_000;

type Facts = Readonly<Record<string, unknown>>;

interface Where {
  readonly channel?: Channel;
  readonly pageId?: string;
  readonly isStandby?: boolean;
}

/** `seconds` after the start of the story that the bodies tell. */
function somebody(psid: string | undefined, seconds: number, facts: Facts, where: Where = {}): Facts {
  const { channel = 'messenger', pageId = PAGE, isStandby = false } = where;
  const person = psid === undefined ? {} : { psid, conversation: conversationId({ channel, pageId, psid }) };
  return { channel, pageId, ...person, at: START + seconds * 1000, isStandby, ...facts };
}

const ana = (seconds: number, facts: Facts, where?: Where) => somebody(ANA, seconds, facts, where);
const ben = (seconds: number, facts: Facts, where?: Where) => somebody(BEN, seconds, facts, where);
const cleo = (seconds: number, facts: Facts, where?: Where) => somebody(CLEO, seconds, facts, where);
const nobody = (seconds: number, facts: Facts, where?: Where) => somebody(undefined, seconds, facts, where);
const onInstagram = (seconds: number, facts: Facts) =>
  somebody('1784140099887766', seconds, facts, { channel: 'instagram', pageId: '17841400112233445' });

const message = (facts: Facts) => ({ kind: 'message', attachments: [], commands: [], ...facts });
const echo = (facts: Facts) => ({ kind: 'echo', attachments: [], isFromInbox: false, ...facts });
const media = (type: string, url: string, more: Facts = {}) => {
  const { title, stickerId, ...payload } = more;
  return {
    type,
    url,
    ...(title !== undefined && { title }),
    ...(stickerId !== undefined && { stickerId }),
    payload: { url, ...(title !== undefined && { title }), ...payload },
  };
};

const spring = {
  ref: 'spring',
  source: 'ADS',
  type: 'OPEN_THREAD',
  adId: '6411900112233',
  adTitle: 'Spring sale',
  productId: '990011',
  flowId: '8811',
};

const messages = {
  text: [ana(0, message({ mid: 'm_Text1', text: 'Olá, do you ship to Porto?' }))],
  'text-with-quick-reply': [ana(21, message({ mid: 'm_Qr1', text: 'Green', quickReply: 'COLOR:GREEN' }))],
  'text-reply-to': [
    ana(25, message({ mid: 'm_Reply1', text: 'Yes, this one please', replyTo: { mid: 'm_Out1', isSelfReply: false } })),
  ],
  image: [
    ana(
      30,
      message({
        mid: 'm_Img1',
        attachments: [media('image', 'https://scontent.xx.fbcdn.net/v/mug_a.jpg?_nc_cat=101&oe=6A1F00C0')],
      }),
    ),
  ],
  video: [
    ana(
      31,
      message({
        mid: 'm_Vid1',
        attachments: [media('video', 'https://video.xx.fbcdn.net/v/unboxing.mp4?oe=6A1F00C1')],
      }),
    ),
  ],
  audio: [
    ana(
      32,
      message({ mid: 'm_Aud1', attachments: [media('audio', 'https://cdn.fbsbx.com/v/audioclip_01.mp4?oe=6A1F00C2')] }),
    ),
  ],
  file: [
    ana(
      33,
      message({ mid: 'm_File1', attachments: [media('file', 'https://cdn.fbsbx.com/v/invoice_A77.pdf?oe=6A1F00C3')] }),
    ),
  ],
  'several-attachments': [
    ana(
      34,
      message({
        mid: 'm_Many1',
        attachments: [
          media('image', 'https://scontent.xx.fbcdn.net/v/front.jpg?oe=6A1F00C4'),
          media('image', 'https://scontent.xx.fbcdn.net/v/back.jpg?oe=6A1F00C5'),
          media('image', 'https://scontent.xx.fbcdn.net/v/label.jpg?oe=6A1F00C6'),
        ],
      }),
    ),
  ],
  sticker: [
    ana(
      35,
      message({
        mid: 'm_Stk1',
        attachments: [
          media('sticker', 'https://scontent.xx.fbcdn.net/v/thumb_up.png?oe=6A1F00C7', {
            stickerId: '369239263222822',
            sticker_id: '369239263222822',
          }),
        ],
      }),
    ),
  ],
  reel: [
    ana(
      36,
      message({
        mid: 'm_Reel1',
        attachments: [
          media('reel', 'https://www.facebook.com/reel/1203948576', {
            title: 'How we fire our mugs',
            reel_video_id: '1203948576',
          }),
        ],
      }),
    ),
  ],
  'shared-post': [
    ana(
      37,
      message({
        mid: 'm_Post1',
        attachments: [
          media('post', 'https://www.facebook.com/104857600123456/posts/771200345600981', {
            title: 'Spring sale',
            id: '122160000000000001',
          }),
        ],
      }),
    ),
  ],
  appointment: [
    ana(
      38,
      message({
        mid: 'm_Appt1',
        attachments: [
          {
            type: 'appointment_booking',
            payload: {
              booking_id: 'bk_77',
              status: 'requested',
              start_time: 1791210000,
              end_time: 1791213600,
              timezone: 'Europe/Lisbon',
            },
          },
        ],
      }),
    ),
  ],
  'link-fallback': [
    ana(
      39,
      message({
        mid: 'm_Link1',
        text: 'Is it like this one? https://shop.example/mugs/blue',
        attachments: [media('fallback', 'https://shop.example/mugs/blue', { title: 'Blue mug' })],
      }),
    ),
  ],
  'product-template': [
    ana(
      40,
      message({
        mid: 'm_Prod1',
        attachments: [
          {
            type: 'template',
            payload: {
              product: {
                elements: [
                  {
                    id: '990011',
                    retailer_id: 'SKU-7',
                    image_url: 'https://scontent.xx.fbcdn.net/v/sku7.jpg?oe=6A1F00C8',
                    title: 'Mug',
                    subtitle: '€12.00',
                  },
                ],
              },
            },
          },
        ],
      }),
    ),
  ],
  'message-from-ad': [ben(41, message({ mid: 'm_Ad1', text: 'Is this still available?', referral: spring }))],
  'message-from-shop-product': [
    ben(42, message({ mid: 'm_Shop1', text: 'Do you have it in red?', referral: { productId: '990011' } })),
  ],
  command: [ana(43, message({ mid: 'm_Cmd1', text: 'find flights to Lisbon on Friday', commands: ['flights'] }))],
  'lead-summary': [
    ben(44, message({ mid: 'm_Lead1', text: 'Lead summary:\nCity?: Lisbon', hopAppId: '413038776280800' })),
  ],
  'standby-message': [ana(84, message({ mid: 'm_Sb1', text: 'Are you still there?' }), { isStandby: true })],
};

const echoes = {
  'echo-from-this-app': [
    ana(
      2,
      echo({
        mid: 'm_Out1',
        appId: '517776481860111',
        metadata: 'out:01K6X4Y0000000000000000001',
        text: 'Yes, we ship to Porto in two days.',
        replyTo: { mid: 'm_Text1', isSelfReply: false },
      }),
    ),
  ],
  'echo-from-page-inbox': [
    ana(
      50,
      echo({
        mid: 'm_Human1',
        appId: '263902037430900',
        isFromInbox: true,
        text: 'Hi Ana, Marta from the shop here. Let me check that for you.',
      }),
    ),
  ],
  'echo-from-other-app': [
    ana(
      51,
      echo({
        mid: 'm_Crm1',
        appId: '690011223344556',
        text: 'Your ticket: https://help.example/t/77',
        attachments: [{ type: 'fallback' }],
      }),
    ),
  ],
};

const aboutMessages = {
  edit: [ana(8, { kind: 'edit', mid: 'm_Text1', text: 'Olá, do you ship to Braga?', editNumber: 1 })],
  reaction: [ana(9, { kind: 'reaction', mid: 'm_Out1', action: 'react', reaction: 'love', emoji: '\u2764\ufe0f' })],
  unreaction: [ana(12, { kind: 'reaction', mid: 'm_Out1', action: 'unreact' })],
  read: [ana(4, { kind: 'read', watermark: START + 2500 })],
  // Meta gives no timestamp here, so the entry's own time must do.
  delivery: [ana(2.6, { kind: 'delivery', watermark: START + 2200, mids: ['m_Out1'] })],
  'response-feedback': [ana(94, { kind: 'response_feedback', mid: 'm_Out1', feedback: 'Good response' })],
};

const taps = {
  postback: [ana(60, { kind: 'postback', mid: 'm_Pb1', title: 'Track my order', payload: 'TRACK:A-77' })],
  'get-started-with-referral': [
    cleo(61, {
      kind: 'postback',
      mid: 'm_Pb2',
      title: 'Get Started',
      payload: 'GET_STARTED',
      referral: { ref: 'poster_7', source: 'SHORTLINK', type: 'OPEN_THREAD' },
    }),
  ],
  'postback-user-ref': [
    nobody(62, {
      kind: 'postback',
      mid: 'm_Pb3',
      title: 'Confirm',
      payload: 'CONFIRM:cart-7f21',
      userRef: 'cart-7f21-0001',
    }),
  ],
  'standby-postback': [ana(85, { kind: 'postback', mid: 'm_Sb2', title: 'Yes' }, { isStandby: true })],
  'referral-m-me': [
    ana(63, {
      kind: 'referral',
      referral: { ref: 'poster_7', source: 'SHORTLINK', type: 'OPEN_THREAD', refererUri: 'https://shop.example/' },
    }),
  ],
  'referral-ad': [ana(64, { kind: 'referral', referral: spring })],
  'lead-complete': [
    ben(65, {
      kind: 'referral',
      referral: { source: 'ADS', type: 'LEAD_COMPLETE', adId: '6411900112233', adTitle: 'Resellers' },
      lead: [
        { question: 'City?', answer: 'Lisbon' },
        { question: 'Pieces a month?', answer: '40' },
      ],
    }),
  ],
  'optin-send-to-messenger': [ana(70, { kind: 'optin', ref: 'signup_page', isStop: false })],
  'optin-checkbox': [nobody(71, { kind: 'optin', ref: 'checkout', userRef: 'cart-7f21-0001', isStop: false })],
  'optin-marketing': [
    ana(72, {
      kind: 'optin',
      type: 'notification_messages',
      payload: 'topic:deals',
      title: 'Weekly deals',
      token: '3990711',
      isStop: false,
    }),
  ],
  'optin-stop': [
    ana(73, {
      kind: 'optin',
      type: 'notification_messages',
      payload: 'topic:deals',
      title: 'Weekly deals',
      token: '3990711',
      isStop: true,
    }),
  ],
};

const routing = {
  'pass-thread-control': [
    ana(80, { kind: 'thread_control', action: 'pass', newOwnerAppId: '517776481860111', metadata: 'ctx' }),
  ],
  'take-thread-control': [
    ana(81, {
      kind: 'thread_control',
      action: 'take',
      previousOwnerAppId: '517776481860111',
      newOwnerAppId: '263902037430900',
      metadata: 'human',
    }),
  ],
  'request-thread-control': [
    ana(82, { kind: 'thread_control', action: 'request', newOwnerAppId: '690011223344556', metadata: 'please' }),
  ],
  'app-roles': [nobody(83, { kind: 'app_roles', roles: { '517776481860111': ['primary_receiver'] } })],
};

const account = {
  'account-linked': [ana(90, { kind: 'account_linking', status: 'linked', authorizationCode: 'c0de-1' })],
  'account-unlinked': [ana(91, { kind: 'account_linking', status: 'unlinked' })],
  'policy-enforcement': [nobody(92, { kind: 'policy_enforcement', action: 'block', reason: 'Spam-like behaviour' })],
};

const forms = {
  // Meta gives no timestamp here either.
  feedback: [ana(93.2, { kind: 'feedback', answers: { q1_csat: { payload: '5', followUp: 'quick help' } } })],
  order: [
    ana(95, {
      kind: 'order',
      products: [{ id: '123', retailerId: 'SKU-7', name: 'Mug', unitPrice: 11.5, currency: 'THB', quantity: 2 }],
      note: 'gift',
    }),
  ],
  'customer-information': [ana(96, { kind: 'customer_information', answers: { country: 'US', postal_code: '94025' } })],
  'instant-form': [ana(97, { kind: 'lead_form', formId: '774411' })],
  'coupon-template': [ana(98, { kind: 'coupon', payload: 'c-1', code: 'TEN' })],
  'game-play': [ana(99, { kind: 'game_play', gameId: '590011223344', payload: 'level:3' })],
};

const template = (id: string, name: string, status: string, reason: string) => ({
  message_template_id: id,
  message_template_name: name,
  message_template_language: 'en',
  message_template_status: status,
  reason,
});

const changesAndCalls = {
  'template-status': [
    nobody(101, {
      kind: 'change',
      field: 'message_template_status_update',
      value: template('880077', 'order_update', 'APPROVED', 'none'),
    }),
    nobody(102, {
      kind: 'change',
      field: 'messenger_template_status_update',
      value: template('880078', 'pickup_ready', 'REJECTED', 'INCORRECT_PARAMS'),
    }),
  ],
  'inbox-labels': [
    ana(103, {
      kind: 'change',
      field: 'inbox_labels',
      value: { user: { id: ANA }, action: 'add', label: { id: '88', page_label_name: 'VIP' } },
    }),
  ],
  'feed-comment': [
    nobody(103, {
      kind: 'change',
      field: 'feed',
      value: {
        from: { id: BEN, name: 'Ben Example' },
        post_id: '104857600123456_771200345600981',
        comment_id: '771200345600981_55501',
        parent_id: '104857600123456_771200345600981',
        item: 'comment',
        verb: 'add',
        message: 'price?',
        created_time: 1791200103,
      },
    }),
  ],
  'business-integrity': [
    nobody(103, {
      kind: 'change',
      field: 'business_integrity',
      value: {
        timestamp: 1791200103,
        status: 'RESTRICTED',
        violations: [
          {
            type: 'SPAM',
            description: 'Too many unwanted messages',
            url: 'https://www.facebook.com/business-support-home/',
          },
        ],
        restrictions: [
          { feature: 'MESSAGING', status: 'ACTIVE', applied_time: 1791200100, expiration_time: 1791804900 },
        ],
        action_events: [],
      },
    }),
  ],
  'call-connect': [ana(106, { kind: 'call', callId: 'c_Zt41exampleCall', event: 'connect' })],
};

const onSecondPage = { pageId: SECOND_PAGE };

const batches = {
  'batch-mixed': [
    ana(205, message({ mid: 'm_Batch2', text: 'and a lid for it?' })),
    ana(202, message({ mid: 'm_Batch1', text: 'I would like the blue mug' })),
    ben(203, { kind: 'postback', mid: 'm_BatchPb1', title: 'Track my order', payload: 'TRACK:A-78' }),
    nobody(209.003, { kind: 'malformed', reason: 'message should be an object and is text of 12 characters' }),
    cleo(204, message({ mid: 'm_BatchB1', text: 'Open on Sunday?' }), onSecondPage),
    ana(204.5, { kind: 'unknown', keys: ['thread_theme'] }),
    cleo(206, { kind: 'read', watermark: START + 204_100 }, onSecondPage),
    ben(209.007, { kind: 'delivery', watermark: START + 204_200, mids: [] }),
    cleo(
      209,
      {
        kind: 'change',
        field: 'inbox_labels',
        value: { user: { id: CLEO }, action: 'remove', label: { id: '91', page_label_name: 'Waiting' } },
      },
      onSecondPage,
    ),
  ],
  'big-ids': [
    ana(
      301,
      message({
        mid: 'm_Big1',
        attachments: [
          media('post', 'https://www.facebook.com/104857600123456/posts/1', {
            title: 'Spring sale',
            id: '122160000000000001',
          }),
        ],
      }),
    ),
    ana(
      302,
      message({
        mid: 'm_Big2',
        attachments: [
          media('reel', 'https://www.facebook.com/reel/2', { title: 'Demo', reel_video_id: '1203948576123456789' }),
        ],
      }),
    ),
    ana(
      303,
      echo({
        mid: 'm_Big3',
        appId: '517776481860111',
        metadata: 'out:01K6X4Y0000000000000000002',
        attachments: [
          media('image', 'https://scontent.xx.fbcdn.net/v/big3.jpg?oe=6A1F00CA', {
            attachment_id: '741100223344556677',
          }),
        ],
      }),
    ),
    ana(304, {
      kind: 'order',
      products: [
        { id: '9007199254740993', retailerId: 'SKU-8', name: 'Plate', unitPrice: 8.25, currency: 'EUR', quantity: 1 },
        { id: '9007199254740992', retailerId: 'SKU-9', name: 'Bowl', unitPrice: 9, currency: 'EUR', quantity: 1 },
      ],
      note: '',
    }),
    ana(305, { kind: 'thread_control', action: 'request', newOwnerAppId: '9007199254740995', metadata: 'big' }),
  ],
  'unknown-kind': [ana(400, { kind: 'unknown', keys: ['thread_theme'] })],
};

const instagram = {
  'instagram-text': [onInstagram(500, message({ mid: 'aWdGGtext1', text: 'Do you have this in green? 💚' }))],
  'instagram-seen': [onInstagram(501, { kind: 'read', mid: 'aWdGGout1' })],
  'instagram-story-reply': [
    onInstagram(502, message({ mid: 'aWdGGstory1', text: 'Love this!', replyTo: { storyId: '17900000000000011' } })),
  ],
  'instagram-unsend': [onInstagram(503, { kind: 'unsend', mid: 'aWdGGtext1' })],
};

export const FIXTURE_EVENTS: Readonly<Record<string, readonly Facts[]>> = {
  ...messages,
  ...echoes,
  ...aboutMessages,
  ...taps,
  ...routing,
  ...account,
  ...forms,
  ...changesAndCalls,
  ...batches,
  ...instagram,
};
