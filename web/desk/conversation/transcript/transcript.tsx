import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useStickToEnd, useStickToEndOnResize } from '../../../shared/scroll.ts';
import type { Conversation, Message } from '../../desk-context.ts';
import { nameOf } from '../../inbox/names.ts';
import { formatDay } from '../../parts/times.ts';
import type { Outgoing } from '../composer/outgoing.ts';
import { Line } from './line.tsx';
import { OutgoingLine } from './outgoing-line.tsx';
import { TurnNotes } from './turn-notes.tsx';
import type { LoadedTranscript } from './use-transcript.ts';
import { useTurns } from './use-turns.ts';

interface TranscriptProps {
  readonly conversation: Conversation;
  readonly transcript: LoadedTranscript;
  readonly outgoing: Outgoing;
}

const STICK_PX = 120;
const LOAD_OLDER_PX = 200;

/** What was said, the newest at the bottom, and what this page is sending. */
export function Transcript({ conversation, transcript, outgoing }: TranscriptProps) {
  const { lines, isLoaded, hasOlder, error, loadOlder } = transcript;
  const list = useRef<HTMLDivElement>(null);
  const turns = useTurns(conversation.id, lines);
  const known = new Set(lines.map(({ sendId }) => sendId));
  const sending = outgoing.items.filter(({ sendId }) => sendId === undefined || !known.has(sendId));
  const shown = `${lines.at(-1)?.id ?? ''}:${sending.length}`;
  useKeepPlace(list, lines[0]?.id);
  useStickToEnd(list, shown, { withinPx: STICK_PX });
  useStickToEndOnResize(list, { withinPx: STICK_PX });

  useEffect(() => {
    const element = list.current;
    if (!element || !hasOlder) return undefined;
    const onScroll = () => void (element.scrollTop < LOAD_OLDER_PX && loadOlder());
    onScroll();
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [hasOlder, loadOlder, lines.length]);

  return (
    <div class="transcript" role="log" aria-label={`Messages with ${nameOf(conversation)}`} ref={list} tabIndex={0}>
      {error && <p role="alert">{error.message}</p>}
      {!isLoaded && !error && <p class="soft">Loading …</p>}
      {isLoaded && lines.length === 0 && <p class="soft">Nothing was said yet.</p>}
      {hasOlder && (
        <button type="button" class="quiet older" onClick={() => void loadOlder()}>
          Older messages
        </button>
      )}
      {byDay(lines).map(([day, ofDay]) => (
        <section key={day} aria-label={formatDay(ofDay[0]?.at ?? 0)}>
          <h3 class="day">{formatDay(ofDay[0]?.at ?? 0)}</h3>
          {ofDay.map((line, at) => (
            <Fragment key={line.sendId ?? line.id}>
              <Line line={line} before={ofDay[at - 1]} conversation={conversation} />
              <TurnNotes turns={turns.get(line.id) ?? []} />
            </Fragment>
          ))}
        </section>
      ))}
      {sending.map((item) => (
        <OutgoingLine key={item.key} item={item} outgoing={outgoing} />
      ))}
    </div>
  );
}

/** Keeps what is in sight where it is when older lines come above it. */
function useKeepPlace(list: { readonly current: HTMLElement | null }, firstId: string | undefined): void {
  const before = useRef<{ readonly firstId: string | undefined; readonly height: number }>();
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const { firstId: firstBefore, height } = before.current ?? {};
    if (firstBefore !== undefined && firstBefore !== firstId && height !== undefined)
      element.scrollTop += element.scrollHeight - height;
    before.current = { firstId, height: element.scrollHeight };
  });
}

function byDay(lines: readonly Message[]): readonly [string, readonly Message[]][] {
  const days = new Map<string, Message[]>();
  for (const line of lines) {
    const day = new Date(line.at).toDateString();
    const ofDay = days.get(day);
    if (ofDay) ofDay.push(line);
    else days.set(day, [line]);
  }
  return [...days];
}
