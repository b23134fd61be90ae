/** The two tables of `docs/policy.md`, made from the policy itself: `npx tsx scripts/policy-tables.ts` writes them. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusalStep, type RefusalStep } from '../src/activities/send/refusal-step.ts';
import { NETWORK_OUTCOMES } from '../src/messenger/graph-errors/index.ts';
import type { GraphErrorRule } from '../src/messenger/graph-errors/rule.ts';
import { GRAPH_ERRORS } from '../src/messenger/graph-errors/table.ts';
import type { SendEligibility } from '../src/policy/send-eligibility.ts';
import { verdict, type PolicyInput, type Verdict } from '../src/policy/verdict.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A person who wrote at this moment, and nothing speaks against an answer. */
export const OPENED_AT = 1_791_200_000_000;
const GOOD: SendEligibility = { window: { openedAt: OPENED_AT }, isUnavailable: false, hasOptedOut: false };

/** Who says what: a column. */
export interface Saying extends Pick<PolicyInput, 'author' | 'purpose' | 'messageClass'> {
  readonly title: string;
}

export const SAYINGS: readonly Saying[] = [
  { title: 'bot answers', author: 'bot', purpose: 'reply', messageClass: 'ordinary' },
  { title: 'bot writes first', author: 'bot', purpose: 'update', messageClass: 'ordinary' },
  { title: 'bot, sticker', author: 'bot', purpose: 'reply', messageClass: 'sticker' },
  { title: 'bot, utility template', author: 'bot', purpose: 'update', messageClass: 'utility' },
  { title: 'bot, feedback form', author: 'bot', purpose: 'update', messageClass: 'feedback' },
  { title: 'person answers', author: 'human', purpose: 'reply', messageClass: 'ordinary' },
  { title: 'person writes first', author: 'human', purpose: 'update', messageClass: 'ordinary' },
  { title: 'person, sticker', author: 'human', purpose: 'reply', messageClass: 'sticker' },
];

/** How things stand: a row. */
export interface Situation {
  readonly id:
    | 'open'
    | 'after a day'
    | 'after an ad'
    | 'after a week'
    | 'never wrote'
    | 'unavailable'
    | 'opted out'
    | 'other app'
    | 'page inbox'
    | 'idle'
    | 'warned'
    | 'token'
    | 'restricted';
  readonly title: string;
  /** Since the person's last action that opens the window. */
  readonly ageMs: number;
  readonly standing: SendEligibility;
}

const OWNED_UNTIL = OPENED_AT + DAY_MS;

export const SITUATIONS: readonly Situation[] = [
  { id: 'open', title: 'within 24 h of what the person did', ageMs: HOUR_MS, standing: GOOD },
  { id: 'after a day', title: 'after 24 h', ageMs: 25 * HOUR_MS, standing: GOOD },
  {
    id: 'after an ad',
    title: 'after 24 h, when a click on an ad came before their first message',
    ageMs: 25 * HOUR_MS,
    standing: { ...GOOD, window: { openedAt: OPENED_AT, mayLastUntil: OPENED_AT + 7 * DAY_MS } },
  },
  { id: 'after a week', title: 'after 7 days', ageMs: 7 * DAY_MS, standing: GOOD },
  {
    id: 'never wrote',
    title: 'they never did anything that opens a window',
    ageMs: 0,
    standing: { isUnavailable: false, hasOptedOut: false },
  },
  {
    id: 'unavailable',
    title: 'Meta said that they cannot be reached, and they have not written since',
    ageMs: HOUR_MS,
    standing: { ...GOOD, isUnavailable: true },
  },
  { id: 'opted out', title: 'they wrote "stop"', ageMs: HOUR_MS, standing: { ...GOOD, hasOptedOut: true } },
  {
    id: 'other app',
    title: 'another app has the thread',
    ageMs: HOUR_MS,
    standing: { ...GOOD, otherOwner: { who: 'other_app', until: OWNED_UNTIL } },
  },
  {
    id: 'page inbox',
    title: 'the Page inbox has the thread',
    ageMs: HOUR_MS,
    standing: { ...GOOD, otherOwner: { who: 'page_inbox', until: OWNED_UNTIL } },
  },
  { id: 'idle', title: 'nobody has the thread, and we are its default app', ageMs: HOUR_MS, standing: GOOD },
  { id: 'warned', title: 'Meta warned the Page', ageMs: HOUR_MS, standing: GOOD },
  {
    id: 'token',
    title: "Meta does not take the Page's token",
    ageMs: HOUR_MS,
    standing: { ...GOOD, breakerReason: 'token_invalid' },
  },
  {
    id: 'restricted',
    title: 'Meta restricted the Page',
    ageMs: HOUR_MS,
    standing: { ...GOOD, breakerReason: 'restricted' },
  },
];

/** One cell of the first table. */
export function verdictOf({ ageMs, standing }: Situation, { author, purpose, messageClass }: Saying): Verdict {
  return verdict({
    channel: 'messenger',
    author,
    purpose,
    messageClass,
    eligibility: standing,
    now: OPENED_AT + ageMs,
  });
}

export function policyTable(): string {
  const rows = SITUATIONS.map((situation) => [
    situation.title,
    ...SAYINGS.map((saying) => inWords(verdictOf(situation, saying))),
  ]);
  return table(['', ...SAYINGS.map(({ title }) => title)], rows);
}

function inWords(judgement: Verdict): string {
  if (judgement.status !== 'allowed') return `${judgement.status === 'held' ? 'waits' : 'no'}: \`${judgement.reason}\``;
  const { sendClass } = judgement;
  return sendClass.messaging_type === 'MESSAGE_TAG' ? sendClass.tag : sendClass.messaging_type;
}

export function errorTable(): string {
  const listed = GRAPH_ERRORS.map(([code, subcode, errorClass, retry, meaning]) => {
    const rule = { class: errorClass, retry, meaning };
    const number = typeof code === 'number' ? code : undefined;
    return [[numbersOf(code), subcode].filter((part) => part !== null).join('/'), ...effectsOf(rule, number)];
  });
  const network = Object.entries(NETWORK_OUTCOMES).map(([outcome, rule]) => [`\`${outcome}\``, ...effectsOf(rule)]);
  return table(['code/subcode', 'Meta means', 'class', 'what we do'], [...listed, ...network]);
}

function effectsOf(rule: GraphErrorRule, code?: number): string[] {
  return [rule.meaning, `\`${rule.class}\``, stepInWords(refusalStep(rule, 1, code), rule)];
}

function numbersOf(code: number | readonly [number, number]): string {
  if (typeof code === 'number') return String(code);
  return Number.isFinite(code[1]) ? `${code[0]}–${code[1]}` : `${code[0]} and up`;
}

function stepInWords(step: RefusalStep, { retry }: GraphErrorRule): string {
  switch (step.do) {
    case 'give up':
      if (step.marks === 'unavailable') return 'refused; nothing more until the person acts';
      if (step.marks === 'opted out') return 'refused; counts as "stop"';
      return step.status === 'refused' ? 'refused' : 'failed';
    case 'try again':
      return retry === 'once_later' ? 'tried once more, then failed' : 'tried again, with growing pauses';
    case 'wait for the echo':
      return 'settled by the echo, else by the guarantee of the send';
    case 'pause':
      return `${step.whom} is silent for a while, then goes on`;
    case 'hold the page':
      return step.hold === 'token_invalid'
        ? 'the Page waits for a new token; one alert'
        : 'the Page waits, one send tries now and then; one alert';
    case 'hold the thread':
      return 'waits until control comes back';
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'policy.md');

/** The document with its tables as the code would write them now. */
export function withTables(document: string): string {
  return [
    ['who-may-say-what', policyTable()],
    ['errors', errorTable()],
  ].reduce((text, [name = '', made = '']) => {
    const [from, to] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
    const [before, after] = [text.indexOf(from) + from.length, text.indexOf(to)];
    return `${text.slice(0, before)}\n${made}\n\n${text.slice(after)}`;
  }, document);
}

if (process.argv[1] === import.meta.filename) writeFileSync(DOCUMENT, withTables(readFileSync(DOCUMENT, 'utf8')));
