/** Generates the tables of `docs/policy.md` from the policy: `npx tsx scripts/policy-tables.ts` writes them. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusalStep, type RefusalStep } from '../src/activities/send/refusal-step.ts';
import { NETWORK_OUTCOMES, UNLISTED } from '../src/messenger/graph-errors/index.ts';
import type { GraphErrorRule } from '../src/messenger/graph-errors/rule.ts';
import { SET_UP_ERRORS } from '../src/messenger/graph-errors/set-up-errors.ts';
import { GRAPH_ERRORS } from '../src/messenger/graph-errors/table.ts';
import type { SendEligibility } from '../src/policy/send-eligibility.ts';
import { verdict, type PolicyInput, type Verdict } from '../src/policy/verdict.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When the person of the table opened the window. */
export const OPENED_AT = 1_791_200_000_000;
/** Nothing but the window limits a send. */
const REACHABLE: SendEligibility = { window: { openedAt: OPENED_AT }, isUnavailable: false, hasOptedOut: false };

/** A column: who sends what, and why. */
export interface SendKind extends Pick<PolicyInput, 'author' | 'purpose' | 'messageClass'> {
  readonly title: string;
}

/** The columns of the first table. */
export const SEND_KINDS: readonly SendKind[] = [
  { title: 'bot replies', author: 'bot', purpose: 'reply', messageClass: 'ordinary' },
  { title: 'bot writes first', author: 'bot', purpose: 'update', messageClass: 'ordinary' },
  { title: 'bot, sticker', author: 'bot', purpose: 'reply', messageClass: 'sticker' },
  { title: 'bot, utility template', author: 'bot', purpose: 'update', messageClass: 'utility' },
  { title: 'bot, feedback form', author: 'bot', purpose: 'update', messageClass: 'feedback' },
  { title: 'operator replies', author: 'human', purpose: 'reply', messageClass: 'ordinary' },
  { title: 'operator writes first', author: 'human', purpose: 'update', messageClass: 'ordinary' },
  { title: 'operator, sticker', author: 'human', purpose: 'reply', messageClass: 'sticker' },
];

/** A row: what is known of the person and the Page. */
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
    | 'restricted'
    | 'template paused';
  readonly title: string;
  /** Time since the person's last action that opens the window. */
  readonly ageMs: number;
  readonly eligibility: SendEligibility;
  /** What Meta says of the template of a utility message; default nothing. */
  readonly templateStatus?: string;
}

const OWNED_UNTIL = OPENED_AT + DAY_MS;

/** The rows of the first table. */
export const SITUATIONS: readonly Situation[] = [
  { id: 'open', title: 'within 24 h of what the person did', ageMs: HOUR_MS, eligibility: REACHABLE },
  { id: 'after a day', title: 'after 24 h', ageMs: 25 * HOUR_MS, eligibility: REACHABLE },
  {
    id: 'after an ad',
    title: 'after 24 h, when a click on an ad came before their first message',
    ageMs: 25 * HOUR_MS,
    eligibility: { ...REACHABLE, window: { openedAt: OPENED_AT, mayLastUntil: OPENED_AT + 7 * DAY_MS } },
  },
  { id: 'after a week', title: 'after 7 days', ageMs: 7 * DAY_MS, eligibility: REACHABLE },
  {
    id: 'never wrote',
    title: 'they never did anything that opens a window',
    ageMs: 0,
    eligibility: { isUnavailable: false, hasOptedOut: false },
  },
  {
    id: 'unavailable',
    title: 'Meta said that they cannot be reached, and they have not written since',
    ageMs: HOUR_MS,
    eligibility: { ...REACHABLE, isUnavailable: true },
  },
  { id: 'opted out', title: 'they wrote "stop"', ageMs: HOUR_MS, eligibility: { ...REACHABLE, hasOptedOut: true } },
  {
    id: 'other app',
    title: 'another app has thread control',
    ageMs: HOUR_MS,
    eligibility: { ...REACHABLE, otherOwner: { who: 'other_app', until: OWNED_UNTIL } },
  },
  {
    id: 'page inbox',
    title: 'the Page inbox has thread control',
    ageMs: HOUR_MS,
    eligibility: { ...REACHABLE, otherOwner: { who: 'page_inbox', until: OWNED_UNTIL } },
  },
  {
    id: 'idle',
    title: 'no app has thread control, and ours is the default app',
    ageMs: HOUR_MS,
    eligibility: REACHABLE,
  },
  { id: 'warned', title: 'Meta warned the Page', ageMs: HOUR_MS, eligibility: REACHABLE },
  {
    id: 'token',
    title: "Meta does not take the Page's token",
    ageMs: HOUR_MS,
    eligibility: { ...REACHABLE, breakerReason: 'token_invalid' },
  },
  {
    id: 'restricted',
    title: 'Meta restricted the Page',
    ageMs: HOUR_MS,
    eligibility: { ...REACHABLE, breakerReason: 'restricted' },
  },
  {
    id: 'template paused',
    title: 'the template is pending, rejected, paused or disabled',
    ageMs: HOUR_MS,
    eligibility: REACHABLE,
    templateStatus: 'PAUSED',
  },
];

/** One cell of the first table. */
export function verdictOf(
  { ageMs, eligibility, templateStatus }: Situation,
  { author, purpose, messageClass }: SendKind,
): Verdict {
  return verdict({
    channel: 'messenger',
    author,
    purpose,
    messageClass,
    templateStatus,
    eligibility,
    now: OPENED_AT + ageMs,
  });
}

/** The first table: the verdict for each situation and kind of send. */
export function policyTable(): string {
  const rows = SITUATIONS.map((situation) => [
    situation.title,
    ...SEND_KINDS.map((kind) => describeVerdict(verdictOf(situation, kind))),
  ]);
  return table(['', ...SEND_KINDS.map(({ title }) => title)], rows);
}

function describeVerdict(answer: Verdict): string {
  if (answer.status !== 'allowed') return `${answer.status === 'held' ? 'waits' : 'no'}: \`${answer.reason}\``;
  const { sendClass } = answer;
  return sendClass.messaging_type === 'MESSAGE_TAG' ? sendClass.tag : sendClass.messaging_type;
}

/** The second table: Meta's errors and what we do about them. */
export function errorTable(): string {
  const listed = GRAPH_ERRORS.map(([code, subcode, errorClass, retry, meaning]) => {
    const rule = { class: errorClass, retry, meaning };
    const number = typeof code === 'number' ? code : undefined;
    return [[formatCode(code), subcode].filter((part) => part !== null).join('/'), ...describeRule(rule, number)];
  });
  const network = Object.entries(NETWORK_OUTCOMES).map(([outcome, rule]) => [`\`${outcome}\``, ...describeRule(rule)]);
  const unlisted = Object.values(UNLISTED).map((rule) => ['any other', ...describeRule(rule)]);
  return table(['code/subcode', 'Meta means', 'class', 'what we do'], [...listed, ...unlisted, ...network]);
}

/** The third table: mistakes in the set-up, and their cures. */
export function setUpTable(): string {
  return table(
    ['Meta means', 'cure'],
    SET_UP_ERRORS.map(({ meaning, cure }) => [meaning, `${cure}.`]),
  );
}

function describeRule(rule: GraphErrorRule, code?: number): string[] {
  return [rule.meaning, `\`${rule.class}\``, describeStep(refusalStep(rule, 1, code), rule)];
}

function formatCode(code: number | readonly [number, number]): string {
  if (typeof code === 'number') return String(code);
  return Number.isFinite(code[1]) ? `${code[0]}–${code[1]}` : `${code[0]} and up`;
}

function describeStep(step: RefusalStep, { retry }: GraphErrorRule): string {
  switch (step.do) {
    case 'give_up':
      if (step.status === 'failed') return 'failed';
      if (step.marks === 'unavailable') return 'refused; nothing more until the person acts';
      return step.marks === 'opted_out' ? 'refused; counts as "stop"' : 'refused';
    case 'try_again':
      return retry === 'once_later' ? 'tried once more, then failed' : 'tried again, with backoff';
    case 'await_echo':
      return 'confirmed by its echo, else the guarantee of the send decides';
    case 'pause':
      return `sends of the ${step.scope === 'app' ? 'app' : 'Page'} pause for a while`;
    case 'open_breaker':
      return step.reason === 'token_invalid'
        ? "the Page's circuit breaker opens until there is a new token; one alert"
        : "the Page's circuit breaker opens, and one send probes now and then; one alert";
    case 'hold_thread':
      return 'waits until our app has thread control again';
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The path of the document. */
export const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'policy.md');

/** The document with its tables generated anew. */
export function withTables(document: string): string {
  return [
    ['who-may-say-what', policyTable()],
    ['errors', errorTable()],
    ['set-up-errors', setUpTable()],
  ].reduce((text, [name = '', made = '']) => {
    const [from, to] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
    const [before, after] = [text.indexOf(from) + from.length, text.indexOf(to)];
    return `${text.slice(0, before)}\n${made}\n\n${text.slice(after)}`;
  }, document);
}

if (process.argv[1] === import.meta.filename) writeFileSync(DOCUMENT, withTables(readFileSync(DOCUMENT, 'utf8')));
