/** The two kinds of inbox a business can have at Meta. */
export type Channel = 'messenger' | 'instagram';

/**
 * Names one person's talk with one Page: `messenger:{pageId}:{psid}` or `instagram:{igId}:{igsid}`.
 * It is the id of the workflow as well, so it is what one searches for in Temporal's UI.
 */
export type ConversationId = `${Channel}:${string}:${string}`;

/** The three parts of a {@link ConversationId}. */
export interface ConversationParts {
  readonly channel: Channel;
  readonly pageId: string;
  readonly psid: string;
}

export function conversationId({ channel, pageId, psid }: ConversationParts): ConversationId {
  return `${channel}:${pageId}:${psid}`;
}

/** Takes an id apart again, or gives `undefined` for a text that is no conversation id. */
export function conversationParts(id: string): ConversationParts | undefined {
  const [channel, pageId, psid, ...rest] = id.split(':');
  if (channel !== 'messenger' && channel !== 'instagram') return undefined;
  if (!pageId || !psid || rest.length > 0) return undefined;
  return { channel, pageId, psid };
}
