/** Parses the JSON list of Pages and reads the token files that it names. */

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { MAX_MESSAGES_PER_SECOND, secretText } from './schemas.ts';
import type { Secret } from './secret.ts';

/** A Page that this process serves. */
export interface PageConfig {
  readonly pageId: string;
  readonly accessToken: Secret;
  /** For reports; everthread does not need it. */
  readonly name?: string;
  readonly messagesPerSecond: number;
}

/** The text of `MESSENGER_PAGES` or of its file. */
export interface PagesText {
  readonly json: string;
  /** The file it was read from; `undefined` for the variable itself. */
  readonly file: string | undefined;
  /** For Pages that set no rate of their own. */
  readonly messagesPerSecond: number;
}

/** The valid Pages; each problem continues a sentence that begins `MESSENGER_PAGES`, and quotes no token. */
export interface PagesInText {
  readonly pages: readonly PageConfig[];
  readonly problems: readonly string[];
}

/** Strict, so that a misspelt key is an error. */
const ENTRY = z.strictObject({
  pageId: z.string().regex(/^\d{1,32}$/),
  accessToken: secretText().optional(),
  accessTokenFile: z.string().min(1).optional(),
  name: z.string().min(1).max(200).optional(),
  messagesPerSecond: z.number().int().min(1).max(MAX_MESSAGES_PER_SECOND).optional(),
});

type Entry = z.output<typeof ENTRY>;

const SHAPE = 'Write [{ "pageId": "104857600123456", "accessToken": "…" }], or accessTokenFile with the path of a file';

const KEY_CURES: Readonly<Record<string, string>> = {
  pageId: "Write the Page's number in quotes",
  accessToken: 'Copy the whole token, or leave it out and give accessTokenFile',
  accessTokenFile: 'Write the path of a file with the token, as seen from this file',
  name: 'Write 1 to 200 characters, or leave it out',
  messagesPerSecond: `Write a whole number from 1 to ${MAX_MESSAGES_PER_SECOND}, or leave it out`,
};

/** Reads the JSON text and the token files it names. */
export function parsePages(text: PagesText): PagesInText {
  const where = text.file === undefined ? '' : `, in ${text.file},`;
  const list = parseList(text.json);
  if (typeof list === 'string') return { pages: [], problems: [`${where} ${list}. ${SHAPE}.`] };
  const pages: PageConfig[] = [];
  const problems: string[] = [];
  for (const [index, value] of list.entries()) {
    const page = toPage(value, text);
    const isTwice = typeof page !== 'string' && pages.some(({ pageId }) => pageId === page.pageId);
    if (typeof page === 'string') problems.push(`${where} entry ${index + 1}${describeEntry(value)}: ${page}.`);
    else if (isTwice)
      problems.push(
        `${where} entry ${index + 1}${describeEntry(value)}: this Page is there twice. Keep one of the two.`,
      );
    else pages.push(page);
  }
  return { pages, problems };
}

/** The list, or the problem; the parser's own message would quote the text. */
function parseList(json: string): readonly unknown[] | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const place = /\(?line \d+ column \d+\)?|position \d+/.exec(String(error))?.[0].replace(/[()]/g, '');
    return place === undefined ? 'is no JSON' : `is no JSON at ${place}`;
  }
  if (!Array.isArray(value)) return 'is no list';
  return value.length === 0 ? 'lists no Page' : (value as unknown[]);
}

/** Quotes digits only: anything else may be a token in the wrong place. */
function describeEntry(value: unknown): string {
  const { data } = z.object({ pageId: ENTRY.shape.pageId }).safeParse(value);
  return data ? ` (Page ${data.pageId})` : '';
}

function toPage(value: unknown, text: PagesText): PageConfig | string {
  const parsed = ENTRY.safeParse(value);
  if (!parsed.success) return describeIssue(parsed.error.issues[0]);
  const { pageId, name, messagesPerSecond = text.messagesPerSecond } = parsed.data;
  const accessToken = readToken(parsed.data, text.file);
  if (typeof accessToken === 'string') return accessToken;
  return { pageId, accessToken, messagesPerSecond, ...(name !== undefined && { name }) };
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys')
    return `${describeUnknownKeys(issue.keys)}. Known are ${Object.keys(KEY_CURES).join(', ')}`;
  const key = String(issue?.path[0] ?? '');
  const cure = KEY_CURES[key];
  if (cure === undefined) return `is no object. ${SHAPE}`;
  return `${key} is missing or not as it must be. ${cure}`;
}

/** Quotes a key only when it looks like one. */
function describeUnknownKeys(keys: readonly string[]): string {
  const named = keys.map((key) => (/^\w{1,24}$/.test(key) ? `"${key}"` : 'one with a strange name'));
  return `has what everthread does not know: ${named.join(', ')}`;
}

function readToken({ accessToken, accessTokenFile }: Entry, file: string | undefined): Secret | string {
  if (accessToken && accessTokenFile !== undefined) return 'has accessToken and accessTokenFile. Keep one of the two';
  if (accessToken) return accessToken;
  if (accessTokenFile === undefined) return 'has no accessToken. Give it accessToken, or accessTokenFile';
  const path = resolve(file === undefined ? '.' : dirname(file), accessTokenFile);
  try {
    const token = secretText().safeParse(readFileSync(path, 'utf8').replace(/\r?\n$/, ''));
    return (
      token.data ?? `${path} holds no token: it is empty, or has a space or line break. Copy the whole token into it`
    );
  } catch {
    return `${path} cannot be read. Check accessTokenFile, and that this user may read the file`;
  }
}
