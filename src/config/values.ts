/** How the text of one variable becomes a value. A complaint goes on where `PORT is "70000", ` left off. */

import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { Secret } from './secret.ts';

/** Where the store is; `label` is the part of it that may be printed. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly path: string; readonly label: string }
  | { readonly kind: 'postgres'; readonly url: Secret; readonly label: string };

export function plainText(form: RegExp, complaint: string) {
  return z.string().trim().regex(form, complaint);
}

export function digits() {
  return plainText(/^\d+$/, 'which is not made of digits alone');
}

export function portNumber() {
  return plainText(/^\d{1,5}$/, 'which is no port')
    .transform(Number)
    .refine((port) => port <= 65_535, 'which is no port');
}

/** What Meta's Send API takes of text per Page (overview/rate-limiting, 2026-10-06). */
export const MAX_MESSAGES_PER_SECOND = 300;

export function messagesPerSecond() {
  const complaint = `which is no whole number from 1 to ${MAX_MESSAGES_PER_SECOND}`;
  return plainText(/^\d{1,3}$/, complaint)
    .transform(Number)
    .refine((rate) => rate >= 1 && rate <= MAX_MESSAGES_PER_SECOND, complaint);
}

const MIN_CACHED = 10;
const MAX_CACHED = 100_000;

export function cachedWorkflows() {
  const complaint = `which is no whole number from ${MIN_CACHED} to ${MAX_CACHED}`;
  return plainText(/^\d{1,6}$/, complaint)
    .transform(Number)
    .refine((count) => count >= MIN_CACHED && count <= MAX_CACHED, complaint);
}

export function oneOf<const Words extends readonly string[]>(words: Words, complaint: string) {
  return z.string().trim().toLowerCase().pipe(z.enum(words, complaint));
}

export function secretText() {
  return z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'with a space, a line break or another character that no token has')
    .transform((text) => new Secret(text));
}

/** Separated by commas, as while one secret is being rotated. */
export function secretList() {
  return z
    .string()
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .pipe(z.array(secretText()).min(1, 'with nothing between its commas'));
}

/** `file:PATH` or `postgres://…`; the latter may hold a password and is kept as a secret as a whole. */
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

/** An address without a slash at its end, and no `http:` into the open network: page tokens travel there. */
export function graphUrl() {
  return z
    .string()
    .trim()
    .refine(isWebAddress, 'which is no plain web address')
    .refine(isConfidential, 'over which tokens would travel unencrypted')
    .transform((text) => text.replace(/\/+$/, ''));
}

/** An address that may carry a token in its query, so it is kept as a secret as a whole. */
export function secretUrl() {
  return z
    .string()
    .trim()
    .refine((text) => isUrl(text) && !urlIn(text)?.username && !urlIn(text)?.password, 'which is no web address')
    .refine(isConfidential, 'over which what people wrote would travel unencrypted')
    .transform((text) => new Secret(text));
}

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

const PRIVATE_NETWORKS = new BlockList();
PRIVATE_NETWORKS.addSubnet('127.0.0.0', 8, 'ipv4');
PRIVATE_NETWORKS.addSubnet('10.0.0.0', 8, 'ipv4');
PRIVATE_NETWORKS.addSubnet('172.16.0.0', 12, 'ipv4');
PRIVATE_NETWORKS.addSubnet('192.168.0.0', 16, 'ipv4');
PRIVATE_NETWORKS.addAddress('::1', 'ipv6');
PRIVATE_NETWORKS.addSubnet('fc00::', 7, 'ipv6');

function isConfidential(text: string): boolean {
  const url = urlIn(text);
  if (url?.protocol !== 'http:') return true;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  // A name without a dot is this machine or a neighbour in the same network of containers.
  if (family === 0) return !host.includes('.') || /\.(localhost|internal|local)$/.test(host);
  return PRIVATE_NETWORKS.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
