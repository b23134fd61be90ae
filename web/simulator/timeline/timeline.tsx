import { useLayoutEffect, useRef } from 'preact/hooks';
import { useStickToEnd, useStickToEndOnResize } from '../../shared/scroll.ts';
import { formatDuration } from '../../shared/times.ts';
import type { PageState } from '../page-store.ts';
import type { ThreadView } from '../views.ts';
import { TimelineEntry } from './timeline-entry.tsx';
import { Tools } from './tools.tsx';

const HOUR_MS = 3_600_000;
/** How far a reader may have scrolled up and still be taken to new entries. */
const STICKS_WITHIN_PX = 120;

type TimelineProps = Pick<PageState, 'thread' | 'simulator' | 'highlighted' | 'notice'>;

/** The right side: time and other tools, and every message with the calls it took. */
export function Timeline({ thread, simulator, highlighted, notice }: TimelineProps) {
  const temporalUrl = thread?.person.temporalUrl;
  return (
    <section class="timeline" aria-label="What happened">
      <header class="bar">
        <h2>What happened</h2>
        {temporalUrl !== undefined && (
          <a class="button" href={temporalUrl} target="_blank" rel="noreferrer">
            Open in Temporal
          </a>
        )}
      </header>
      <Tools
        person={thread?.person}
        faults={simulator?.faults ?? []}
        movesTimers={simulator?.movesTimers ?? true}
        done={notice?.isFailure === false ? notice.text : undefined}
      />
      <Entries
        key={thread?.person.psid}
        thread={thread}
        pageName={simulator?.pageName ?? 'Your Page'}
        highlighted={highlighted}
      />
    </section>
  );
}

interface EntriesProps extends Pick<PageState, 'highlighted'> {
  readonly thread: ThreadView | undefined;
  readonly pageName: string;
}

function Entries({ thread, pageName, highlighted }: EntriesProps) {
  const list = useRef<HTMLOListElement>(null);
  useStickToEnd(list, thread?.timeline, { withinPx: STICKS_WITHIN_PX });
  useStickToEndOnResize(list, { withinPx: STICKS_WITHIN_PX });
  useLayoutEffect(() => {
    if (highlighted) list.current?.querySelector('.chosen')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, [highlighted]);
  const { person, timeline: entries = [] } = thread ?? {};
  return (
    <ol ref={list} class="events" tabIndex={0} aria-label="Events">
      {person &&
        entries.map((entry, index) => (
          <TimelineEntry
            key={entry.seq}
            entry={entry}
            person={person}
            pageName={pageName}
            later={laterText(entry.at, entries[index - 1]?.at)}
            isHighlighted={highlighted !== undefined && [entry.mid, String(entry.seq)].includes(highlighted.key)}
          />
        ))}
      {person && entries.length === 0 && (
        <li class="empty">Every webhook, every Send API call and what Meta made of it will stand here.</li>
      )}
    </ol>
  );
}

/** `20 h later` after a pause of more than an hour. */
function laterText(at: number, before: number | undefined): string {
  return before !== undefined && at - before > HOUR_MS ? `${formatDuration(at - before)} later` : '';
}
