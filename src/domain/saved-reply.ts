/** Texts of saved replies: their placeholders, and what those become for one person. */

import type { PersonName } from './contact.ts';
import { withoutControlCharacters } from './visible-text.ts';

/** The longest text of a saved reply, placeholders included. */
export const MAX_SAVED_REPLY_CHARS = 2000;
/** The longest name or fallback that takes the place of a placeholder; the rest is cut off. */
const MAX_VALUE_CHARS = 50;
const MAX_PLACEHOLDERS = 20;

/** What a placeholder can stand for: `{{firstName}}`. */
export const PLACEHOLDERS = ['firstName', 'lastName', 'name', 'operator'] as const;
/** One of {@link PLACEHOLDERS}. */
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** A saved reply for one person. */
export interface RenderedReply {
  readonly text: string;
  /** Placeholders without a value and without a fallback. The text still has them, and must not be sent. */
  readonly missing: readonly Placeholder[];
}

/** Whom a saved reply is for, and whose words it is. */
export interface ReplyValues extends PersonName {
  /** The operator's name. */
  readonly operator: string;
}

/** `{{firstName}}`, or with a fallback for people whose name is not known: `{{firstName|there}}`. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** Why a text cannot be saved, in a sentence that names the cure; `undefined` if it can. */
export function savedReplyMistake(text: string): string | undefined {
  const found = [...text.matchAll(PLACEHOLDER)].map(([whole, inner = '']) => ({ whole, ...parse(inner) }));
  if (found.length > MAX_PLACEHOLDERS)
    return `It has ${found.length} placeholders, and ${MAX_PLACEHOLDERS} are allowed.`;
  for (const { whole, name, fallback } of found) {
    if (!isPlaceholder(name)) return `There is no placeholder ${whole.slice(0, 60)}. There are: ${KNOWN}.`;
    if (fallback === '') return `The fallback of ${whole} is empty. Write {{${name}|there}}, or leave out the line.`;
    if ((fallback?.length ?? 0) > MAX_VALUE_CHARS)
      return `The fallback of {{${name}}} is longer than ${MAX_VALUE_CHARS} characters.`;
  }
  if (/\{\{|\}\}/.test(text.replaceAll(PLACEHOLDER, '')))
    return `A placeholder is not closed, or has a brace in it. Write it like {{firstName}}. There are: ${KNOWN}.`;
  return undefined;
}

/**
 * The text with what is known of the person. It is filled in once: what a person wrote as their name is text, also when it
 * looks like a placeholder.
 */
export function renderReply(text: string, values: ReplyValues): RenderedReply {
  const missing = new Set<Placeholder>();
  const rendered = text.replaceAll(PLACEHOLDER, (whole, inner: string) => {
    const { name, fallback } = parse(inner);
    if (!isPlaceholder(name)) return whole;
    const value = valueOf(name, values) ?? fallback;
    if (value === undefined) missing.add(name);
    return value ?? whole;
  });
  return { text: rendered, missing: [...missing] };
}

const KNOWN = PLACEHOLDERS.map((name) => `{{${name}}}`).join(', ');

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

function parse(inner: string): { readonly name: string; readonly fallback?: string } {
  const [name = '', ...rest] = inner.split('|');
  return { name: name.trim(), ...(rest.length > 0 && { fallback: rest.join('|').trim() }) };
}

function valueOf(name: Placeholder, { firstName, lastName, operator }: ReplyValues): string | undefined {
  switch (name) {
    case 'firstName':
      return visible(firstName);
    case 'lastName':
      return visible(lastName);
    case 'name':
      return visible(
        [firstName, lastName]
          .map((part) => part?.trim())
          .filter(Boolean)
          .join(' '),
      );
    case 'operator':
      return visible(operator);
  }
}

/** One line of bounded length; `undefined` if nothing of it can be seen. */
function visible(value = ''): string | undefined {
  const line = withoutControlCharacters(value).replaceAll(/\s+/gu, ' ').trim();
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(line)) return undefined;
  return [...line].slice(0, MAX_VALUE_CHARS).join('').trim();
}
