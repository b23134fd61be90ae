/** Zod schemas that turn the text of a variable into a value. A complaint continues the sentence `PORT is "70000", …`. */

import { z } from 'zod';
import { isConfidentialUrl } from '../outgoing-addresses.ts';
import { Secret } from './secret.ts';

/** Where the store is; `label` is the part of the address that may be printed. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly path: string; readonly label: string }
  | { readonly kind: 'postgres'; readonly url: Secret; readonly label: string };

/** Any text, without spaces around it. */
export function anyText() {
  return z.string().trim();
}

/** A text of the given form. */
export function plainText(form: RegExp, complaint: string) {
  return z.string().trim().regex(form, complaint);
}

/** An id of Meta's: digits alone, as a text. */
export function digits() {
  return plainText(/^\d+$/, 'which is not made of digits alone');
}

/** A TCP port; 0 means any free one. */
export function portNumber() {
  return plainText(/^\d{1,5}$/, 'which is no port')
    .transform(Number)
    .refine((port) => port <= 65_535, 'which is no port');
}

/** Meta's limit for text messages of one Page (overview/rate-limiting, 2026-10-06). */
export const MAX_MESSAGES_PER_SECOND = 300;

/** How many messages may be sent per second for one Page. */
export function messagesPerSecond() {
  return wholeNumber(1, MAX_MESSAGES_PER_SECOND);
}

/** How many workflows a worker caches. */
export function cachedWorkflows() {
  return wholeNumber(10, 100_000);
}

const DAY_MS = 86_400_000;
/** Ten years. */
const MAX_DAYS = 3650;

/** Days, as `30d`, or `off`; resolves to milliseconds, or `undefined` for `off`. */
export function days(min: number) {
  const complaint = `which is neither off nor a number of days from ${min}d to ${MAX_DAYS}d`;
  return plainText(/^(off|\d{1,4}d)$/i, complaint)
    .transform((text) => (text.toLowerCase() === 'off' ? undefined : Number.parseInt(text, 10)))
    .refine((count) => count === undefined || (count >= min && count <= MAX_DAYS), complaint)
    .transform((count) => count && count * DAY_MS);
}

function wholeNumber(min: number, max: number) {
  const complaint = `which is no whole number from ${min} to ${max}`;
  return plainText(new RegExp(`^\\d{1,${String(max).length}}$`), complaint)
    .transform(Number)
    .refine((value) => value >= min && value <= max, complaint);
}

/** One of several words, in upper or lower case. */
export function oneOf<const Words extends readonly string[]>(words: Words, complaint: string) {
  return z.string().trim().toLowerCase().pipe(z.enum(words, complaint));
}

/** `on` or `off`. */
export function onOff() {
  return oneOf(['on', 'off'], 'which is neither on nor off').transform((word) => word === 'on');
}

/** A token or key. */
export function secretText() {
  return z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'with a space, a line break or another character that no token has')
    .transform((text) => new Secret(text));
}

/** Secrets separated by commas: two while one is being rotated. */
export function secretList() {
  return z
    .string()
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .pipe(z.array(secretText()).min(1, 'with nothing between its commas'));
}

/** `file:PATH` or `postgres://…`; the latter may hold a password, so all of it is a secret. */
export function databaseUrl() {
  return z
    .string()
    .trim()
    .transform((text, context): DatabaseConfig => {
      const database = databaseIn(text);
      if (database) return database;
      context.addIssue({ code: 'custom', message: 'which names neither a file nor a PostgreSQL database' });
      return z.NEVER;
    });
}

/** An address without a slash at its end; no `http:` beyond a private network, because page tokens travel there. */
export function graphUrl() {
  return z
    .string()
    .trim()
    .refine(isWebAddress, 'which is no plain web address')
    .refine(isConfidential, 'over which tokens would travel unencrypted')
    .transform((text) => text.replace(/\/+$/, ''))
    .refine((text) => !/\/v\d+\.\d+$/.test(text), 'which ends with a version: that goes into MESSENGER_GRAPH_VERSION');
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MAX_TIME_SPAN_MS = 7 * UNIT_MS.d;

/** A length of time, 1 second to 7 days, as `15m`; in ms. */
export function timeSpan() {
  return plainText(/^[1-9]\d{0,5}[smhd]$/, 'which is no length of time')
    .transform((text) => Number(text.slice(0, -1)) * UNIT_MS[text.at(-1) as keyof typeof UNIT_MS])
    .refine((ms) => ms <= MAX_TIME_SPAN_MS, 'which is longer than 7 days');
}

/** The scheme, host and port of a web address, as browsers send it in `Origin`. */
export function origin() {
  return z
    .string()
    .trim()
    .refine((text) => isWebAddress(text) && urlIn(text)?.pathname === '/', 'which is no scheme with a host')
    .transform((text) => new URL(text).origin);
}

/** The parsed address, or `undefined` when the text is none. */
export function urlIn(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function databaseIn(text: string): DatabaseConfig | undefined {
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length).replace(/^\/\/\//, '/');
    const isPath = path !== '' && !path.startsWith('//');
    return isPath ? { kind: 'sqlite', path, label: `file:${path}` } : undefined;
  }
  const url = urlIn(text);
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') return undefined;
  return { kind: 'postgres', url: new Secret(text), label: `postgres://${url.host}${url.pathname}` };
}

function isWebAddress(text: string): boolean {
  const url = urlIn(text);
  return isUrl(text) && !url?.username && !url?.password && !url?.search && !url?.hash;
}

function isUrl(text: string): boolean {
  return ['https:', 'http:'].includes(urlIn(text)?.protocol ?? '');
}

function isConfidential(text: string): boolean {
  const url = urlIn(text);
  return url === undefined || isConfidentialUrl(url);
}
