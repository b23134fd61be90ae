import { answeredErrorRule, NETWORK_OUTCOMES } from '../messenger/graph-errors/index.ts';
import type { GraphRefusal, NoAnswer } from './graph-api.ts';

const MAX_GRAPH_MESSAGE_CHARS = 300;

/**
 * Describes a failed call for a terminal: what happened and what to do. Meta's message may contain the whole token, so
 * `secrets` are removed from it.
 */
export function describeGraphError(reply: GraphRefusal | NoAnswer, ...secrets: readonly string[]): string {
  if (reply.status === 'no_answer') {
    const { meaning } = NETWORK_OUTCOMES[reply.outcome];
    return reply.outcome === 'connect_refused'
      ? `The Graph API cannot be reached: ${meaning} Check MESSENGER_GRAPH_URL and the way out of this network.`
      : `Nobody can say whether it was done: ${meaning}`;
  }
  const { code, error_subcode, message } = reply.error;
  const number = [code, error_subcode].filter((part) => part !== undefined).join('/');
  const quotedMessage = quoteForTerminal(
    secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), message).slice(0, MAX_GRAPH_MESSAGE_CHARS),
  );
  return `Meta answers ${number} ${quotedMessage}: ${answeredErrorRule(reply).meaning}`;
}

/** Foreign text, or a value that holds some, as JSON in which nothing moves a terminal's cursor or reverses its letters. */
export function quoteForTerminal(value: unknown, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(
    /(?!\n)\p{Cc}|[\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/gu,
    // A character beyond the first 65,536 is two units in JSON.
    (character) => Array.from({ length: character.length }, (_, unit) => toEscape(character.charCodeAt(unit))).join(''),
  );
}

function toEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
