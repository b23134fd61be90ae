import type { ComponentChildren } from 'preact';
import { NEW_TAB } from '../../shared/links.ts';
import { formatDayAndTime, formatDuration } from '../../shared/times.ts';
import { Json } from '../timeline/json.tsx';
import type { InspectionView, PersonView } from '../views.ts';

interface InsideProps {
  readonly inspection: InspectionView | undefined;
  readonly person: PersonView | undefined;
  /** Where Temporal's UI shows workflows. */
  readonly temporalUrl: string | undefined;
}

/** What the bot remembers of the person and what it plans. */
export function Inside({ inspection, person, temporalUrl }: InsideProps) {
  if (!inspection || !person) return <p class="empty inside">Looking …</p>;
  const { plugins, tags, human, missing } = inspection;
  return (
    <div class="inside" tabIndex={0} role="group" aria-label="Inside the bot">
      {missing.map((sentence) => (
        <p key={sentence} class="empty">
          {sentence}
        </p>
      ))}
      {human && (
        <p class="silent">
          The bot is silent: {human.operator ?? 'an operator'} answers ({human.reason})
          {human.until !== undefined && `, until ${formatDayAndTime(human.until, person.timezone)}`}.
        </p>
      )}
      <Timers inspection={inspection} person={person} />
      <Sequences inspection={inspection} person={person} temporalUrl={temporalUrl} />
      <Part name="Tags" isEmpty={tags.length === 0}>
        <ul class="tags">
          {tags.map((tag) => (
            <li key={tag}>{tag}</li>
          ))}
        </ul>
      </Part>
      <Part name="State of the plugins" isEmpty={plugins.length === 0}>
        {plugins.map(({ name, version, state }) => (
          <details key={name} class="state" open={plugins.length < 5}>
            <summary>
              {name} {version > 1 && <small>version {version}</small>}
            </summary>
            <Json text={JSON.stringify(state)} />
          </details>
        ))}
      </Part>
    </div>
  );
}

interface PartProps {
  readonly name: string;
  readonly isEmpty: boolean;
  readonly children: ComponentChildren;
}

function Part({ name, isEmpty, children }: PartProps) {
  return (
    <section class="part" aria-label={name}>
      <h3>{name}</h3>
      {isEmpty ? <p class="empty">None</p> : children}
    </section>
  );
}

interface DatedProps {
  readonly inspection: InspectionView;
  readonly person: PersonView;
}

function Timers({ inspection: { timers }, person }: DatedProps) {
  return (
    <Part name="Timers" isEmpty={timers.length === 0}>
      <ul class="dues">
        {timers.map(({ at, summary, note, isUpkeep }) => (
          <li key={`${at} ${summary}`} data-upkeep={isUpkeep}>
            <span>
              {summary} {note && <q>{note}</q>}
            </span>
            <TimeLeft at={at} person={person} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Sequences({ inspection: { sequences }, person, temporalUrl }: DatedProps & Pick<InsideProps, 'temporalUrl'>) {
  return (
    <Part name="Running sequences" isEmpty={sequences.length === 0}>
      <ul class="dues">
        {sequences.map(({ name, workflowId, runId, waitsFor, until }) => (
          <li key={name}>
            <span>
              <b>{name}</b> {waitsFor ?? 'works'}
            </span>
            {until !== undefined && <TimeLeft at={until} person={person} />}
            <TemporalLink url={temporalUrl} workflowId={workflowId} runId={runId} name={`${name} in Temporal`} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function TimeLeft({ at, person: { now, timezone } }: { readonly at: number; readonly person: PersonView }) {
  return <time title={formatDayAndTime(at, timezone)}>{at > now ? `in ${formatDuration(at - now)}` : 'now'}</time>;
}

interface TemporalLinkProps {
  readonly url: string | undefined;
  readonly workflowId: string;
  readonly runId: string | undefined;
  readonly name: string;
}

/** Opens the history of a run in Temporal's UI. */
export function TemporalLink({ url, workflowId, runId, name }: TemporalLinkProps) {
  if (url === undefined || runId === undefined) return null;
  return (
    <a class="button" href={`${url}/${encodeURIComponent(workflowId)}/${runId}/history`} {...NEW_TAB}>
      {name}
    </a>
  );
}
