import { formatDuration } from '../../shared/times.ts';
import type { MessageView, ThreadView, TimelineEntryView } from '../views.ts';

const HOUR_MS = 3_600_000;

/** One row of the thread; `key` stays the same as long as the row is about the same thing. */
export type ThreadRow = { readonly key: string } & (
  | MessageRow
  | RefusedRow
  | BotLineRow
  | { readonly kind: 'time'; readonly at: number; readonly later: string }
  | { readonly kind: 'start' }
  | { readonly kind: 'typing' }
);

/** A message, and its place in a run of messages by the same author. */
export interface MessageRow {
  readonly kind: 'message';
  readonly message: MessageView;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Whether its mark is shown below it: `Read`, `Sending…`. */
  readonly hasMark: boolean;
}

/** A message of the bot that Meta refused: the person never sees it, the bot's developer must. */
export interface RefusedRow {
  readonly kind: 'refused';
  /** The `seq` of its timeline entry. */
  readonly seq: number;
  readonly title: string;
  readonly code: string | undefined;
  readonly meaning: string | undefined;
}

/** An error or a warning of the bot's code. */
export interface BotLineRow {
  readonly kind: 'bot';
  /** The `seq` of its timeline entry. */
  readonly seq: number;
  readonly level: 'warn' | 'error';
  readonly words: string;
}

/** A message, a refused one or a line of the bot's log, in the order of time. */
interface Item {
  readonly key: string;
  readonly at: number;
  readonly author: MessageView['author'] | 'meta' | 'code';
  readonly content: MessageView | RefusedRow | BotLineRow;
}

/** Messages with what stands between them: a time after every pause, refused messages, errors, Get Started, the typing dots. */
export function threadRows({ bubbles, timeline, isTyping }: ThreadView): ThreadRow[] {
  const items = [
    ...bubbles.map(messageItem),
    ...timeline.flatMap(refusedItem),
    ...timeline.flatMap(botLineItem),
  ].toSorted((one, other) => one.at - other.at);
  const rows = items.flatMap((item, index) => rowsOf(item, index, items));
  if (items.length === 0) rows.push({ key: 'start', kind: 'start' });
  if (isTyping) rows.push({ key: 'typing', kind: 'typing' });
  return rows;
}

function messageItem(message: MessageView): Item {
  const { mid, at, author } = message;
  return { key: mid, at, author, content: message };
}

function refusedItem({ seq, at, title, send }: TimelineEntryView): Item[] {
  if (send?.outcome !== 'refused' || /^(typing|mark)/.test(send.how)) return [];
  const { code, meaning } = send;
  return [{ key: `refused ${seq}`, at, author: 'meta', content: { kind: 'refused', seq, title, code, meaning } }];
}

function botLineItem({ seq, at, title, line }: TimelineEntryView): Item[] {
  if (!line) return [];
  return [{ key: `bot ${seq}`, at, author: 'code', content: { kind: 'bot', seq, level: line.level, words: title } }];
}

function rowsOf({ key, at, author, content }: Item, index: number, items: readonly Item[]): ThreadRow[] {
  const before = items[index - 1];
  const after = items[index + 1];
  const pauseMs = before ? at - before.at : 0;
  const isAfterPause = !before || pauseMs > HOUR_MS;
  const row: ThreadRow =
    'kind' in content
      ? { key, ...content }
      : {
          key,
          kind: 'message',
          message: content,
          isFirst: isAfterPause || before.author !== author,
          isLast: !after || after.author !== author || after.at - at > HOUR_MS,
          hasMark: !after || content.mark === 'waiting' || isLastOfMark(content, items.slice(index + 1)),
        };
  if (!isAfterPause) return [row];
  return [{ key: `time ${key}`, kind: 'time', at, later: before ? `${formatDuration(pauseMs)} later` : '' }, row];
}

/** Messenger shows "read" and "seen" once, at the newest message they hold for. */
function isLastOfMark({ author, mark }: MessageView, after: readonly Item[]): boolean {
  if (mark === 'delivered') return false;
  const isPerson = author === 'person';
  return !after.some(
    ({ content }) => !('kind' in content) && (content.author === 'person') === isPerson && content.mark === mark,
  );
}
