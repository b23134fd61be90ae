import { useRef } from 'preact/hooks';
import { useStickToEnd, useStickToEndOnResize } from '../../shared/scroll.ts';
import { formatDayAndTime } from '../../shared/times.ts';
import { usePageActions } from '../page-actions.ts';
import type { ThreadView } from '../views.ts';
import { Bubble } from './bubble.tsx';
import { FirstVisit } from './first-visit.tsx';
import { threadRows, type BotLineRow, type RefusedRow, type ThreadRow } from './thread-rows.ts';

/** How far a reader may have scrolled up and still be taken to new messages. */
const STICKS_WITHIN_PX = 80;

interface ThreadProps {
  readonly thread: ThreadView | undefined;
  readonly pageName: string;
  readonly wordsToTry: readonly string[];
}

/** The messages of the open conversation. */
export function Thread({ thread, pageName, wordsToTry }: ThreadProps) {
  const list = useRef<HTMLDivElement>(null);
  const rows = thread ? threadRows(thread) : [];
  const last = rows.at(-1);
  const isOwnMessageLast = last?.kind === 'message' && last.message.author === 'person';
  useStickToEnd(list, thread?.bubbles, { withinPx: STICKS_WITHIN_PX, isForced: isOwnMessageLast });
  useStickToEndOnResize(list, { withinPx: STICKS_WITHIN_PX });
  return (
    <div ref={list} class="thread" role="log" aria-label="Messages" tabIndex={0}>
      {thread &&
        rows.map((row) => <Row key={row.key} row={row} thread={thread} pageName={pageName} wordsToTry={wordsToTry} />)}
    </div>
  );
}

interface RowProps {
  readonly row: ThreadRow;
  readonly thread: ThreadView;
  readonly pageName: string;
  readonly wordsToTry: readonly string[];
}

function Row({ row, thread: { person, profile }, pageName, wordsToTry }: RowProps) {
  switch (row.kind) {
    case 'message':
      return <Bubble row={row} timezone={person.timezone} />;
    case 'refused':
      return <RefusedMessage row={row} />;
    case 'bot':
      return <BotLine row={row} />;
    case 'time':
      return (
        <p class="divider">
          {row.later && <strong>{row.later}</strong>}
          {formatDayAndTime(row.at, person.timezone)}
        </p>
      );
    case 'start':
      return <FirstVisit firstName={person.firstName} profile={profile} pageName={pageName} wordsToTry={wordsToTry} />;
    case 'typing':
      return <TypingDots pageName={pageName} />;
  }
}

function RefusedMessage({ row: { seq, title, code, meaning } }: { readonly row: RefusedRow }) {
  const { showEntry } = usePageActions();
  return (
    <button type="button" class="refused" onClick={() => showEntry(String(seq))}>
      <b>Refused by Meta, {code}</b>
      {title && <q>{title}</q>}
      {meaning}
    </button>
  );
}

function BotLine({ row: { seq, level, words } }: { readonly row: BotLineRow }) {
  const { showEntry } = usePageActions();
  return (
    <button type="button" class="refused" data-level={level} onClick={() => showEntry(String(seq))}>
      <b>{level === 'error' ? "Error in the bot's code" : 'Warning of the bot'}</b>
      {words}
    </button>
  );
}

function TypingDots({ pageName }: { readonly pageName: string }) {
  return (
    <div class="row page">
      <span class="dots" role="status" aria-label={`${pageName} is typing`}>
        <i />
        <i />
        <i />
      </span>
    </div>
  );
}
