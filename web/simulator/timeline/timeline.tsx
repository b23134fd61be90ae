import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useStickToEnd, useStickToEndOnResize } from '../../shared/scroll.ts';
import { formatDuration, formatTime } from '../../shared/times.ts';
import { Inside, TemporalLink } from '../inside/inside.tsx';
import type { PageState } from '../page-store.ts';
import type { InspectedTurn, InspectionView, PersonView, ThreadView, TimelineEntryView } from '../views.ts';
import { BotAnswers } from './bot-answers.tsx';
import { ENTRY_KINDS, fitsFilter, type EntryFilter, type EntryKind } from './entry-filter.ts';
import { TimelineEntry } from './timeline-entry.tsx';
import { Tools } from './tools.tsx';

const HOUR_MS = 3_600_000;
/** How far a reader may have scrolled up and still be taken to new entries. */
const STICKS_WITHIN_PX = 120;

type TimelineProps = Pick<PageState, 'thread' | 'simulator' | 'inspection' | 'highlighted' | 'notice'>;

/** The right side: time and other tools, and every message with the calls it took; or the inside of the bot. */
export function Timeline({ thread, simulator, inspection, highlighted, notice }: TimelineProps) {
  const person = thread?.person;
  const hasInside = simulator?.inspects ?? false;
  const [isInside, setIsInside] = useState(false);
  // What is to be brought into sight is in the timeline.
  useLayoutEffect(() => {
    if (highlighted) setIsInside(false);
  }, [highlighted]);
  return (
    <section class="timeline" aria-label="What happened">
      <header class="bar">
        <h2 class={hasInside ? 'unseen' : ''}>What happened</h2>
        {hasInside && (
          <div class="views" role="group" aria-label="What to look at">
            <button type="button" aria-pressed={!isInside} onClick={() => setIsInside(false)}>
              Events
            </button>
            <button type="button" aria-pressed={isInside} onClick={() => setIsInside(true)}>
              Inside the bot
            </button>
          </div>
        )}
        {person?.temporalUrl !== undefined &&
          (inspection?.runId === undefined ? (
            <a class="button" href={person.temporalUrl} target="_blank" rel="noreferrer">
              Open in Temporal
            </a>
          ) : (
            <TemporalLink
              url={simulator?.temporalWorkflowsUrl}
              workflowId={inspection.workflowId}
              runId={inspection.runId}
              name="Open in Temporal"
            />
          ))}
      </header>
      <Tools thread={thread} simulator={simulator} inspection={inspection} notice={notice} />
      {isInside ? (
        <Inside inspection={inspection} person={person} temporalUrl={simulator?.temporalWorkflowsUrl} />
      ) : (
        <Entries
          key={person?.psid}
          thread={thread}
          inspection={inspection}
          pageName={simulator?.pageName ?? 'Your Page'}
          hasTraces={hasInside}
          highlighted={highlighted}
        />
      )}
    </section>
  );
}

interface EntriesProps extends Pick<PageState, 'highlighted' | 'inspection'> {
  readonly thread: ThreadView | undefined;
  readonly pageName: string;
  readonly hasTraces: boolean;
}

function Entries({ thread, inspection, pageName, hasTraces, highlighted }: EntriesProps) {
  const list = useRef<HTMLOListElement>(null);
  const [filter, setFilter] = useState<EntryFilter>({ kind: 'all', text: '' });
  useStickToEnd(list, thread?.timeline, { withinPx: STICKS_WITHIN_PX });
  useStickToEndOnResize(list, { withinPx: STICKS_WITHIN_PX });
  useLayoutEffect(() => {
    if (highlighted) list.current?.querySelector('.chosen')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, [highlighted]);
  const { person, timeline: all = [] } = thread ?? {};
  const entries = withUnsent(all, inspection).filter((entry) => fitsFilter(entry, filter));
  return (
    <>
      <FilterForm filter={filter} onFilter={setFilter} />
      <ol ref={list} class="events" tabIndex={0} aria-label="Events">
        {person &&
          entries.map((entry, index) => {
            const later = laterText(entry.at, entries[index - 1]?.at);
            return 'unsent' in entry ? (
              <UnsentEntry key={entry.seq} entry={entry} later={later} person={person} />
            ) : (
              <TimelineEntry
                key={entry.seq}
                entry={entry}
                person={person}
                pageName={pageName}
                later={later}
                isHighlighted={highlighted !== undefined && [entry.mid, String(entry.seq)].includes(highlighted.key)}
                turn={turnOf(entry, inspection)}
                hasTraces={hasTraces}
              />
            );
          })}
        {person && entries.length === 0 && (
          <li class="empty">
            {all.length === 0
              ? 'Every webhook, every Send API call and what Meta made of it will stand here.'
              : 'Nothing fits the filter.'}
          </li>
        )}
      </ol>
    </>
  );
}

interface FilterFormProps {
  readonly filter: EntryFilter;
  readonly onFilter: (filter: EntryFilter) => void;
}

function FilterForm({ filter, onFilter }: FilterFormProps) {
  return (
    <form class="filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        aria-label="Search in events"
        placeholder="Search"
        value={filter.text}
        onInput={({ currentTarget }) => onFilter({ ...filter, text: currentTarget.value })}
      />
      <select
        aria-label="Which events"
        value={filter.kind}
        onChange={({ currentTarget }) => onFilter({ ...filter, kind: currentTarget.value as EntryKind })}
      >
        {Object.entries(ENTRY_KINDS).map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
    </form>
  );
}

/** A message of the bot that Meta was never called for. */
type UnsentEntryView = TimelineEntryView & { readonly unsent: InspectionView['unsent'][number] };

/** The entries with what the bot wanted to say and could not: the ledger knows it, Meta does not. */
function withUnsent(
  entries: readonly TimelineEntryView[],
  inspection: InspectionView | undefined,
): readonly (TimelineEntryView | UnsentEntryView)[] {
  const called = new Set(entries.flatMap(({ send }) => send?.traceId ?? []));
  const unsent = (inspection?.unsent ?? [])
    .filter(({ sendId }) => !called.has(sendId))
    .map((one, index) => ({
      kind: 'bot' as const,
      seq: -1 - index,
      title: one.text,
      at: one.at,
      webhooks: [],
      unsent: one,
    }));
  if (unsent.length === 0) return entries;
  return [...entries, ...unsent].toSorted((one, other) => one.at - other.at);
}

interface UnsentEntryProps {
  readonly entry: UnsentEntryView;
  readonly later: string;
  readonly person: PersonView;
}

function UnsentEntry({ entry: { title, at, unsent }, later, person: { timezone } }: UnsentEntryProps) {
  return (
    <li class="event" data-kind="bot" data-state="refused">
      {later && <p class="later">{later}</p>}
      <p class="head">
        <span class="who">Not sent</span>
        <span class="title">{title}</span>
        <time>{formatTime(at, timezone)}</time>
      </p>
      <p class="meaning">
        {unsent.status}
        {unsent.code !== undefined && `: ${unsent.code}`}
      </p>
      <BotAnswers id={unsent.sendId} turn={undefined} timezone={timezone} />
    </li>
  );
}

/** The turn that an event of the person began: the bot knows events by their time. */
function turnOf({ kind, at }: TimelineEntryView, inspection: InspectionView | undefined): InspectedTurn | undefined {
  if (kind === 'sent' || kind === 'bot') return undefined;
  return inspection?.turns.find(({ events }) => events.some((event) => event.at === at));
}

/** `20 h later` after a pause of more than an hour. */
function laterText(at: number, before: number | undefined): string {
  return before !== undefined && at - before > HOUR_MS ? `${formatDuration(at - before)} later` : '';
}
