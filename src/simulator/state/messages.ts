import { randomBytes } from 'node:crypto';
import type { SimulatorDatabase } from './database.ts';
import type { FilledTemplate } from './templates.ts';

/** The author: the person, the bot through the Send API, an operator by hand (`inbox`), or another app of the Page. */
export type MessageAuthor = 'person' | 'bot' | 'inbox' | 'other_app';

/** The content of a message. Messages of the Page are stored as the Send API accepted them. */
export interface MessageContent {
  readonly text?: string;
  readonly quick_replies?: readonly Readonly<Record<string, unknown>>[];
  readonly attachment?: { readonly type: string; readonly payload: Readonly<Record<string, unknown>> };
  readonly sticker_id?: number | string;
  readonly template?: { readonly name: string };
  /** The filled-in text of a utility message. */
  readonly filled?: FilledTemplate;
  /** The `mid` of the message that this one quotes. */
  readonly quotes?: string;
  /** The id of the persona that sent it. */
  readonly persona?: string;
  /** Set when the person tapped instead of writing. */
  readonly tapped?: 'quick_reply' | 'button' | 'get_started';
  /** How often the person edited it. */
  readonly edits?: number;
  /** Set when the person took it back: nothing else is left. */
  readonly isUnsent?: true;
}

/** A message in a thread. */
export interface ThreadMessage {
  readonly seq: number;
  readonly mid: string;
  readonly psid: string;
  readonly author: MessageAuthor;
  readonly content: MessageContent;
  /** Epoch ms by the person's clock. */
  readonly at: number;
  readonly isRead: boolean;
  /** The person's reaction, an emoji. */
  readonly reaction?: string;
  readonly pageReaction?: string;
}

/** All messages. */
export interface Messages {
  add(message: Pick<ThreadMessage, 'mid' | 'psid' | 'author' | 'content' | 'at'>): void;
  find(mid: string): ThreadMessage | undefined;
  /** The newest messages of a thread, in the order of writing. */
  newest(psid: string, limit: number): ThreadMessage[];
  /** How many messages of the Page the person has not read. */
  unread(psid: string): number;
  markRead(psid: string): void;
  replaceContent(mid: string, content: MessageContent): void;
  react(mid: string, emoji: string | undefined): void;
  reactAsPage(mid: string, emoji: string | undefined): void;
}

/** A new message id in Meta's format. */
export function newMid(): string {
  return `m_${randomBytes(24).toString('base64url')}`;
}

interface MessageRow {
  readonly seq: number;
  readonly mid: string;
  readonly psid: string;
  readonly author: MessageAuthor;
  readonly content: string;
  readonly at: number;
  readonly is_read: number;
  readonly reaction: string | null;
  readonly page_reaction: string | null;
}

/** Messages as the database holds them. */
export function createMessages(database: SimulatorDatabase): Messages {
  const insert = database.prepare(
    'INSERT INTO messages (seq, mid, psid, author, content, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const whole =
    'SELECT messages.*, page_reactions.emoji AS page_reaction FROM messages LEFT JOIN page_reactions USING (mid)';
  const one = database.prepare<MessageRow>(`${whole} WHERE mid = ?`);
  const newest = database.prepare<MessageRow>(`${whole} WHERE psid = ? ORDER BY seq DESC LIMIT ?`);
  const unreadOf = "psid = ? AND is_read = 0 AND author <> 'person'";
  const unread = database.prepare<{ count: number }>(`SELECT count(*) AS count FROM messages WHERE ${unreadOf}`);
  const markRead = database.prepare(`UPDATE messages SET is_read = 1 WHERE ${unreadOf}`);
  const replace = database.prepare('UPDATE messages SET content = ? WHERE mid = ?');
  const react = database.prepare('UPDATE messages SET reaction = ? WHERE mid = ?');
  const putPageReaction = database.prepare('INSERT OR REPLACE INTO page_reactions (mid, emoji) VALUES (?, ?)');
  const dropPageReaction = database.prepare('DELETE FROM page_reactions WHERE mid = ?');
  return {
    add: ({ mid, psid, author, content, at }) =>
      insert.run(database.nextSeq(), mid, psid, author, JSON.stringify(content), at),
    find: (mid) => {
      const row = one.get(mid);
      return row && toThreadMessage(row);
    },
    newest: (psid, limit) => newest.all(psid, limit).toReversed().map(toThreadMessage),
    unread: (psid) => unread.get(psid)?.count ?? 0,
    replaceContent: (mid, content) => replace.run(JSON.stringify(content), mid),
    markRead: (psid) => markRead.run(psid),
    react: (mid, emoji) => react.run(emoji ?? null, mid),
    reactAsPage: (mid, emoji) => (emoji === undefined ? dropPageReaction.run(mid) : putPageReaction.run(mid, emoji)),
  };
}

function toThreadMessage(row: MessageRow): ThreadMessage {
  return {
    seq: row.seq,
    mid: row.mid,
    psid: row.psid,
    author: row.author,
    content: JSON.parse(row.content) as MessageContent,
    at: row.at,
    isRead: row.is_read === 1,
    ...(row.reaction !== null && { reaction: row.reaction }),
    ...(row.page_reaction !== null && { pageReaction: row.page_reaction }),
  };
}
