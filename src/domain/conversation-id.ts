/** The two kinds of inbox a business can have at Meta. */
export type Channel = 'messenger' | 'instagram';

/**
 * The id of one person's conversation with one Page: `messenger:{pageId}:{psid}` or `instagram:{igId}:{igsid}`. It is the
 * workflow id as well, and can be searched for in Temporal's UI.
 */
export type ConversationId = `${Channel}:${string}:${string}`;

/** The three parts of a {@link ConversationId}. */
export interface ConversationParts {
  readonly channel: Channel;
  /** The id of the Page, or of the Instagram account. */
  readonly pageId: string;
  /** The person's id for this Page: PSID, or IGSID on Instagram. */
  readonly psid: string;
}

/** Builds the id of a conversation. */
export function conversationId({ channel, pageId, psid }: ConversationParts): ConversationId {
  return `${channel}:${pageId}:${psid}`;
}

/** The parts of an id; `undefined` for a text that is not a conversation id. */
export function conversationParts(id: string): ConversationParts | undefined {
  const [channel, pageId, psid, ...rest] = id.split(':');
  if (channel !== 'messenger' && channel !== 'instagram') return undefined;
  if (!pageId || !psid || rest.length > 0) return undefined;
  return { channel, pageId, psid };
}
