import { graphErrorRule, NETWORK_OUTCOMES } from '../messenger/graph-errors/index.ts';
import type { GraphRefusal, NoAnswer } from './graph-api.ts';

const MAX_GRAPH_MESSAGE_CHARS = 300;

/**
 * What came of a call that did not succeed, for whoever made it by hand. Meta's own words can repeat a token whole:
 * `secrets` are taken out of them.
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
  const said = quoteForTerminal(
    secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), message).slice(0, MAX_GRAPH_MESSAGE_CHARS),
  );
  return `Meta answers ${number} ${said}: ${graphErrorRule(code, error_subcode).meaning}`;
}

/** A text of somebody else's for a terminal: in quotes, and unable to move its cursor or turn its letters round. */
export function quoteForTerminal(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
