/**
 * What signals, updates and inputs must be like: as much as the code relies on. Older versions sent less, and what they sent
 * must pass, or recorded histories would not replay.
 */

import { conversationParts } from '../../domain/conversation-id.ts';
import { MAX_HANDBACK_NOTE_CHARS } from '../../domain/handoff.ts';
import { MAX_OPERATOR_NAME_CHARS } from '../../domain/operator.ts';
import { MAX_TAG_CHARS } from '../../domain/tags.ts';
import type { InboundEventKind } from '../../messenger/inbound/inbound-event.ts';
import {
  both,
  type Check,
  flag,
  isObject,
  list,
  oneOf,
  optional,
  shallow,
  shape,
  shortText,
  someList,
  someObject,
  text,
  time,
  wholeNumber,
} from './shape.ts';

/** The longest reason of a take-over that is accepted by hand. */
export const MAX_REASON_CHARS = 500;
/** The longest silence of the bot that can be asked for: ten years. */
const MAX_FOR_MS = 10 * 366 * 86_400_000;
const MAX_CHANGED_TAGS = 100;
const MAX_NAME_CHARS = 1000;

const name = shortText(MAX_NAME_CHARS);
const attachments = list(shape({ type: text, url: optional(text), title: optional(text) }));
const nothingElse: Check = () => undefined;

/** What the workflows read of each kind of event, beside its kind and its time. */
const EVENT_CHECKS: Readonly<Record<InboundEventKind, Check>> = {
  message: shape({
    mid: text,
    text: optional(text),
    quickReply: optional(text),
    attachments,
    commands: list(text),
    referral: optional(someObject),
    replyTo: optional(someObject),
  }),
  echo: shape({ mid: text, text: optional(text), attachments, appId: optional(text) }),
  edit: shape({ text }),
  postback: shape({ title: optional(text), payload: optional(text), referral: optional(someObject) }),
  reaction: shape({ action: oneOf('react', 'unreact'), reaction: optional(text), emoji: optional(text) }),
  optin: shape({ type: optional(text), ref: optional(text), payload: optional(text) }),
  referral: shape({ referral: someObject, lead: optional(someList) }),
  thread_control: shape({ action: oneOf('pass', 'take', 'request'), newOwnerAppId: optional(text) }),
  order: shape({ products: list(someObject) }),
  feedback: shape({ answers: someObject }),
  customer_information: shape({ answers: someObject }),
  app_roles: shape({ roles: someObject }),
  change: shape({ field: text }),
  unsend: nothingElse,
  read: nothingElse,
  delivery: nothingElse,
  account_linking: nothingElse,
  policy_enforcement: nothingElse,
  response_feedback: nothingElse,
  lead_form: nothingElse,
  coupon: nothingElse,
  game_play: nothingElse,
  call: nothingElse,
  unknown: nothingElse,
  malformed: nothingElse,
};

const eventBase = both(shape({ kind: text, at: time }), shallow);

/** An inbound event of any kind. */
const event: Check = (value) => {
  const problem = eventBase(value);
  if (problem !== undefined || !isObject(value)) return problem;
  const { kind } = value;
  return Object.hasOwn(EVENT_CHECKS, kind as string)
    ? EVENT_CHECKS[kind as InboundEventKind](value)
    : '.kind is no kind of event';
};

/** An event with its inbox id, as the dispatcher signals it. */
export const inboxItem = shape({ inboxId: wholeNumber(0, Number.MAX_SAFE_INTEGER), event });

/** A message or a tap, for a sequence. */
export const reply: Check = (value) => event(value) ?? shape({ kind: oneOf('message', 'postback') })(value);

/** The end of a run of a sequence. */
export const sequenceEnd = shape({ name, occasion: optional(name), result: text, status: optional(text) });

/** The answer of a sequence to an offer. */
export const offerAnswer = shape({ name, id: name, isTaken: flag });

/** The start of a broadcast for one person. */
export const broadcastBegin = shape({ name, occasion: name });

const tags = list(shortText(MAX_TAG_CHARS), MAX_CHANGED_TAGS);

/** Tags that a sequence changed. They are a search attribute, which Temporal refuses when it is too long. */
export const tagChange = shape({ add: tags, remove: tags });

const operator: Check = (value) => {
  const { name: of } = isObject(value) ? value : {};
  return typeof of === 'string' && of !== '' && of.length <= MAX_OPERATOR_NAME_CHARS && !of.includes('\0')
    ? undefined
    : ` is no operator. An operator has a name of 1 to ${MAX_OPERATOR_NAME_CHARS} characters: { "name": "Mia" }`;
};
/** Send ids are made of it. */
const key: Check = (value) =>
  typeof value === 'string' && /^[\w-]{1,64}$/.test(value)
    ? undefined
    : ' is no key. A key has 1 to 64 letters, digits, "-" and "_"';

/** A take-over by an operator. */
export const takeOver = shape({
  reason: shortText(MAX_REASON_CHARS),
  forMs: optional(wholeNumber(0, MAX_FOR_MS)),
  operator: optional(operator),
});

const giveBackRequest = shape({ operator: optional(operator), note: optional(shortText(MAX_HANDBACK_NOTE_CHARS)) });

/** An operator gives the conversation back; from Temporal's UI perhaps with nothing, or null. */
export const giveBack: Check = (value) => (value === null ? undefined : optional(giveBackRequest)(value));

/** An operator's own words; of what they consist is checked where they are sent. */
export const operatorMessage = shape({ key, operator });

/** An operator's own words for later. */
export const scheduleMessage = both(shape({ key, operator, at: time }), shallow);

/** A message that waits does not go out. */
export const cancelScheduled = shape({ key, sendId: name });

/** An operator starts a sequence. */
export const startSequence = both(shape({ key, name: text }), shallow);

/** A topic. */
export const topic = both(shape({ name: text }), shallow);

/** A topic from outside; its data is checked by the bot's schema. */
export const emitTopic = shape({ key, topic });

/** An id, or a reason in a few words. */
export const label = name;

const conversation: Check = (value) =>
  typeof value === 'string' && conversationParts(value)
    ? undefined
    : ' is no conversation id, such as messenger:PAGE:PSID';

const clockAheadMs = optional(wholeNumber(0, Number.MAX_SAFE_INTEGER));

/** The state of version 1; `readState` refuses other versions. */
const state: Check = (value) =>
  someObject(value) ??
  ((value as { version?: unknown }).version === 1
    ? shape({
        queue: someList,
        seen: someList,
        plugins: someObject,
        wakeUps: someList,
        sequences: someObject,
        tags: someList,
        contact: someObject,
        lines: someList,
        lastTurnAt: time,
      })(value)
    : undefined);

/** The input of a conversation. */
export const conversationInput = shape({ conversation, state: optional(state), clockAheadMs });

/** The input of a sequence. */
export const sequenceInput = shape({
  conversation,
  occasion: name,
  contact: someObject,
  version: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  clockAheadMs,
});

/** The input of a broadcast. */
export const broadcastInput = shape({
  name,
  edition: optional(name),
  scheduledAt: optional(time),
  after: optional(conversation),
  round: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  tally: optional(shape({ begun: wholeNumber(0, Number.MAX_SAFE_INTEGER), leftOut: someObject })),
});
