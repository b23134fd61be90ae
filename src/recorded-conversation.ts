/** Reads a conversation from the store as steps that can be taken again, with what the bot said after each. */

import type { ConversationId } from './domain/conversation-id.ts';
import type { HeardMessage } from './domain/heard-message.ts';
import type { Attachment, InboundEvent, MessageEvent, Referral } from './messenger/inbound/inbound-event.ts';
import type { OutboundMessage } from './messenger/outbound/outbound-message.ts';
import type { Duration } from './plugins/duration.ts';
import {
  STEP_SCHEMAS,
  type RecordedPerson,
  type RecordedStep,
  type Recording,
  type StepCall,
} from './recording/recording.ts';
import type { KnownNames } from './recording/redact.ts';
import { heardWords } from './simulator/index.ts';
import type { Contact } from './store/contacts.ts';
import type { Store } from './store/index.ts';
import type { RecordedHandoff, RecordedSend } from './store/recorded-events.ts';

/** The parts of a store that tell of a conversation. */
export type RecordedStore = Pick<Store, 'recordedEvents' | 'contacts' | 'leads'>;

/** The recording of a conversation; `undefined` when the store knows no step of it. */
export async function recordConversation(
  { recordedEvents, contacts }: RecordedStore,
  conversation: ConversationId,
): Promise<Recording | undefined> {
  const [events, sends, handoffs, contact] = await Promise.all([
    recordedEvents.events(conversation),
    recordedEvents.sends(conversation),
    recordedEvents.handoffs(conversation),
    contacts.find(conversation),
  ]);
  const leftOut = new Set<string>();
  const moments = [
    ...momentsOfEvents(events, leftOut),
    ...sends.map((send) => momentOfSend(send)),
    ...handoffs.map((handoff) => momentOfHandoff(handoff)),
  ].toSorted((one, other) => one.at - other.at);
  const first = moments.findIndex(({ calls }) => calls !== undefined);
  if (first === -1) return undefined;
  if (first > 0) leftOut.add('what the bot said before the first step');
  const started = moments.slice(first);
  const startedAt = started[0]?.at ?? 0;
  return {
    person: contact ? personOf(contact, startedAt) : {},
    startsAt: new Date(startedAt).toISOString().slice(11, 16),
    steps: toSteps(started, startedAt),
    leftOut: [...leftOut],
  };
}

/** What is personal in a conversation, as far as the store knows it. */
export async function knownNames(
  { contacts, leads, recordedEvents }: RecordedStore,
  conversation: ConversationId,
): Promise<KnownNames> {
  const [contact, left, sends, handoffs] = await Promise.all([
    contacts.find(conversation),
    leads.ofPerson(conversation, MAX_LEADS),
    recordedEvents.sends(conversation),
    recordedEvents.handoffs(conversation),
  ]);
  const others = left.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([field, value]) => (PERSONAL_FIELD.test(field) ? [value] : [])),
  );
  const operators = [...sends, ...handoffs].flatMap(({ operator }) => operator ?? []);
  return {
    firstName: contact?.firstName,
    lastName: contact?.lastName,
    others: [...new Set(others)],
    operators: [...new Set(operators)],
  };
}

const MAX_LEADS = 1000;
/** Fields of forms whose values are names or places, which nothing else gives away. */
const PERSONAL_FIELD = /name|nome|nombre|nom|company|firma|street|stra(ß|ss)e|rua|calle|rue|address|city|town|birth/i;

/** Something that happened at a time: steps, or a message of the bot. */
interface Moment {
  readonly at: number;
  readonly calls?: readonly StepCall[];
  readonly heard?: HeardMessage;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
/** What comes within this time is said in one breath. */
const BURST_MS = 2000;
/** A message of the bot that comes later than this after what was before it was waited for. */
const ANSWER_MS = 5000;

/** Meta's profile has no names of zones, only hours. */
function personOf({ firstName, lastName, locale, timeZone }: Contact, at: number): RecordedPerson {
  const timezone = timeZone === undefined ? undefined : hoursFromUtc(timeZone, at);
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(locale !== undefined && { locale }),
    ...(timezone !== undefined && { timezone }),
  };
}

function hoursFromUtc(timeZone: string, at: number): number | undefined {
  try {
    const [, sign, hours, minutes = '0'] =
      /GMT([+-])(\d+)(?::(\d+))?/.exec(
        new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).format(at),
      ) ?? [];
    return hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) + Number(minutes) / 60);
  } catch {
    return undefined;
  }
}

function momentsOfEvents(events: readonly InboundEvent[], leftOut: Set<string>): Moment[] {
  const moments: Moment[] = [];
  let adBefore: string | undefined;
  for (const event of events) {
    const calls = callsOf(event, adBefore, leftOut);
    if (event.kind === 'referral' && isAd(event.referral)) adBefore = event.referral.adId;
    else if (event.kind === 'message') adBefore = undefined;
    if (calls.length > 0) moments.push({ at: event.at, calls });
  }
  return moments;
}

function callsOf(event: InboundEvent, adBefore: string | undefined, leftOut: Set<string>): readonly StepCall[] {
  switch (event.kind) {
    case 'message':
      return callsOfMessage(event, adBefore, leftOut);
    case 'postback': {
      const { title = '', referral } = event;
      if (title === 'Get Started') return [{ does: 'getsStarted', with: withoutEnd(referral?.ref) }];
      return [{ does: 'taps', with: [title] }];
    }
    case 'referral':
      return callsOfReferral(event.referral);
    case 'optin':
      if (event.ref !== undefined && event.type === undefined) return [{ does: 'optsIn', with: [event.ref] }];
      break;
    case 'reaction': {
      if (event.action === 'unreact') return [{ does: 'unreacts', with: [] }];
      const { data } = STEP_SCHEMAS.reacts.safeParse([event.reaction]);
      if (data) return [{ does: 'reacts', with: data }];
      break;
    }
    case 'edit':
      return [{ does: 'edits', with: [event.text] }];
    case 'unsend':
      return [{ does: 'unsends', with: [] }];
    case 'coupon':
      return [{ does: 'revealsCode', with: [] }];
    case 'customer_information':
      return [{ does: 'sendsAddress', with: [event.answers] }];
    case 'feedback': {
      const [{ payload, followUp } = { payload: '' }] = Object.values(event.answers);
      return [{ does: 'rates', with: [Number(payload), ...withoutEnd(followUp)] }];
    }
    case 'echo':
      if (!event.isFromInbox)
        return event.appId === undefined || event.metadata !== undefined
          ? []
          : note(leftOut, 'a message of another app');
      if (event.text === undefined) return note(leftOut, "an operator's message without words");
      return [{ does: event.appId === undefined ? 'answersFromNativeApp' : 'answersFromInbox', with: [event.text] }];
    case 'read':
    case 'delivery':
      return [];
    default:
  }
  return note(leftOut, `an event that the test API has no step for (${event.kind})`);
}

function note(leftOut: Set<string>, sentence: string): readonly StepCall[] {
  leftOut.add(sentence);
  return [];
}

function callsOfMessage(event: MessageEvent, adBefore: string | undefined, leftOut: Set<string>): readonly StepCall[] {
  const { text, quickReply, attachments, referral, hopAppId } = event;
  if (hopAppId !== undefined) return note(leftOut, 'the summary of a lead ad');
  if (event.replyTo) leftOut.add('which message a text replied to');
  const arrival = referral && isAd(referral) && referral.adId !== adBefore ? callsOfReferral(referral) : [];
  const files = attachments.flatMap((attachment) => callsOfAttachment(attachment, leftOut));
  if (text === undefined || attachments.some(({ type }) => type === 'location')) return [...arrival, ...files];
  // The own address and number as a quick reply: the simulated person has others.
  const isOwnData = quickReply !== undefined && quickReply === text && /@|\d{5}/.test(text);
  const words: StepCall =
    quickReply === undefined || isOwnData ? { does: 'says', with: [text] } : { does: 'taps', with: [text] };
  return [...arrival, ...files, words];
}

function callsOfAttachment({ type, stickerId, payload }: Attachment, leftOut: Set<string>): readonly StepCall[] {
  if (stickerId !== undefined) return [{ does: 'sendsSticker', with: [stickerId] }];
  if (type === 'image' || type === 'video' || type === 'audio' || type === 'file') {
    return [{ does: 'sendsMedia', with: [type] }];
  }
  const { lat, long } =
    (payload as { readonly coordinates?: { readonly lat?: unknown; readonly long?: unknown } })?.coordinates ?? {};
  if (type === 'location' && lat !== undefined) return [{ does: 'sendsLocation', with: [Number(lat), Number(long)] }];
  return note(leftOut, `an attachment that the test API cannot send (${type})`);
}

function callsOfReferral(referral: Referral): readonly StepCall[] {
  const { ref, adId } = referral;
  if (!isAd(referral)) return [{ does: 'opensLink', with: withoutEnd(ref) }];
  return [{ does: 'clicksAd', with: adId === undefined ? withoutEnd(ref) : [ref, adId] }];
}

function isAd({ source }: Referral): boolean {
  return source === 'ADS';
}

function withoutEnd(value: string | undefined): [] | [string] {
  return value === undefined ? [] : [value];
}

function momentOfSend({ at, author, operator, message }: RecordedSend): Moment {
  const heard = heardOf(message);
  if (author === 'bot') return { at, heard };
  const by = operator === undefined ? undefined : { name: operator };
  // The simulator counts what operators write through everthread among the messages of the bot.
  return { at, calls: [{ does: 'operatorWrites', with: by ? [heard ?? '', by] : [heard ?? ''] }], heard };
}

function heardOf(message: OutboundMessage): HeardMessage {
  return heardWords(message) ?? null;
}

function momentOfHandoff({ at, action, operator: name }: RecordedHandoff): Moment {
  const operator = { name };
  if (action === 'giveBack') return { at, calls: [{ does: 'givesBack', with: [{ operator }] }] };
  return { at, calls: [{ does: 'takesOver', with: [{ reason: 'taken over', operator }] }] };
}

/** Steps in the order of time, with the time that must pass between them. */
function toSteps(moments: readonly Moment[], startedAt: number): readonly RecordedStep[] {
  const steps: { call: StepCall; heard: HeardMessage[]; at: number }[] = [];
  /** How far skips have moved the clock. */
  let skippedMs = 0;
  let lastAt = startedAt;
  const skip = (ms: number) => {
    skippedMs += ms;
    steps.push({ call: { does: 'skip', with: [formatDuration(ms)] }, heard: [], at: lastAt });
  };

  for (const { at, calls, heard } of moments) {
    const behindMs = at - startedAt - skippedMs;
    if (!calls && at - lastAt > ANSWER_MS && behindMs > 0) skip(enoughFor(behindMs));
    if (calls && at - lastAt >= MINUTE_MS && behindMs >= MINUTE_MS) skip(roundedDown(behindMs));
    for (const call of calls ?? []) {
      const last = steps.at(-1);
      const merged = last?.heard.length === 0 && at - last.at <= BURST_MS ? merge(last.call, call) : undefined;
      if (last && merged) last.call = merged;
      else steps.push({ call, heard: [], at });
    }
    if (heard !== undefined) steps.at(-1)?.heard.push(heard);
    lastAt = at;
  }
  return steps.map(({ call, heard }) => ({ ...call, heard }));
}

/** Two steps in one breath: texts that the bot gathers, and a file with its caption. */
function merge(one: StepCall, other: StepCall): StepCall | undefined {
  if (other.does !== 'says') return undefined;
  if (one.does === 'says') return { does: 'says', with: [...one.with, ...other.with] };
  const [type, url, caption] = one.does === 'sendsMedia' ? one.with : [];
  if (type === undefined || caption !== undefined) return undefined;
  return { does: 'sendsMedia', with: [type, url, other.with[0]] };
}

/** A readable time in which something certainly happens that came after `ms`; timers are mostly of whole minutes. */
function enoughFor(ms: number): number {
  const overMs = ms % MINUTE_MS;
  if (ms >= MINUTE_MS && overMs < ANSWER_MS) return ms - overMs;
  const unit = ms >= HOUR_MS ? MINUTE_MS : SECOND_MS;
  return Math.ceil(ms / unit) * unit;
}

/** A readable time in which nothing happened that the recording does not have. */
function roundedDown(ms: number): number {
  const overMs = ms % HOUR_MS;
  return ms >= HOUR_MS && overMs < 2 * MINUTE_MS ? ms - overMs : ms - (ms % MINUTE_MS);
}

function formatDuration(ms: number): Duration {
  const [unit, name] = (
    [
      [24 * HOUR_MS, 'day'],
      [HOUR_MS, 'hour'],
      [MINUTE_MS, 'minute'],
    ] as const
  ).find(([size]) => ms % size === 0) ?? [SECOND_MS, 'second'];
  const count = ms / unit;
  return count === 1 ? `${count} ${name}` : `${count} ${name}s`;
}
