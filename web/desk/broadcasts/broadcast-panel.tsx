import { useState } from 'preact/hooks';
import type { Schemas } from '../../../src/client/index.ts';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk } from '../desk-context.ts';
import { ConfirmButton } from '../parts/confirm-dialog.tsx';
import { formatFull } from '../parts/times.ts';
import { Panel } from '../parts/view.tsx';
import { Preview } from './preview.tsx';
import { Progress } from './progress.tsx';
import { segmentWords } from './segment-words.ts';
import { StartDialog } from './start-dialog.tsx';

type Broadcast = Schemas['BroadcastSummary'];

interface BroadcastPanelProps {
  readonly broadcast: Broadcast;
  readonly onChange: () => void;
}

/** One broadcast: its latest run, its schedule, and what can be done with it. */
export function BroadcastPanel({ broadcast, onChange }: BroadcastPanelProps) {
  const { session } = useDesk();
  const [isPreviewed, setIsPreviewed] = useState(false);
  const { name, segment, perSecond, schedule, status } = broadcast;
  const isAdmin = includesRole(session.role, 'admin');
  return (
    <Panel
      title={name}
      words={`At most ${perSecond} people per second.`}
      actions={isAdmin && <Actions broadcast={broadcast} onPreview={() => setIsPreviewed(true)} onChange={onChange} />}
    >
      <dl>
        <dt>For</dt>
        <dd>{segmentWords(segment)}</dd>
        <dt>Latest start by hand</dt>
        <dd>
          <LatestRun broadcast={broadcast} />
        </dd>
        {schedule && (
          <>
            <dt>Starts by itself</dt>
            <dd>
              <ScheduleWords schedule={schedule} />
            </dd>
          </>
        )}
      </dl>
      {status === 'running' && <Progress name={name} />}
      {isPreviewed && <Preview name={name} onClose={() => setIsPreviewed(false)} />}
    </Panel>
  );
}

interface ActionsProps extends BroadcastPanelProps {
  readonly onPreview: () => void;
}

function Actions({ broadcast: { name, status, schedule, edition }, onPreview, onChange }: ActionsProps) {
  const { api, attempt } = useDesk();
  const [isStarting, setIsStarting] = useState(false);
  const params = { path: { name } };
  async function change(work: () => Promise<unknown>, done: string): Promise<void> {
    await attempt(work, done);
    onChange();
  }
  return (
    <span class="buttons">
      <button type="button" aria-label={`Who would get it? ${name}`} onClick={onPreview}>
        Who would get it?
      </button>
      {schedule?.status === 'active' && (
        <button
          type="button"
          aria-label={`Pause the schedule of ${name}`}
          onClick={() =>
            void change(() => api.POST('/broadcasts/{name}/pause', { params }), `${name} does not start by itself.`)
          }
        >
          Pause
        </button>
      )}
      {schedule?.status === 'paused' && (
        <button
          type="button"
          aria-label={`Resume the schedule of ${name}`}
          onClick={() =>
            void change(() => api.POST('/broadcasts/{name}/resume', { params }), `${name} starts by itself again.`)
          }
        >
          Resume
        </button>
      )}
      {status === 'running' ? (
        <ConfirmButton
          words="Stop"
          about={name}
          question="Nobody further gets it. People who have begun to get it get the rest."
          onConfirm={() => change(() => api.POST('/broadcasts/{name}/stop', { params }), `${name} is being stopped.`)}
        />
      ) : (
        <button type="button" class="primary" aria-label={`Start ${name}`} onClick={() => setIsStarting(true)}>
          Start …
        </button>
      )}
      {isStarting && (
        <StartDialog name={name} latestEdition={edition} onClose={() => setIsStarting(false)} onStart={onChange} />
      )}
    </span>
  );
}

function LatestRun({ broadcast: { status, edition, startedAt, result } }: Pick<BroadcastPanelProps, 'broadcast'>) {
  if (status === 'never' || startedAt === null) return <>Never</>;
  const what = `Edition ${edition}, ${formatFull(startedAt)}: `;
  if (status === 'running') return <>{what}running</>;
  return (
    <span class={status === 'failed' ? 'failure' : undefined}>
      {what}
      {result ?? status}
    </span>
  );
}

function ScheduleWords({ schedule }: { readonly schedule: NonNullable<Broadcast['schedule']> }) {
  const { when, timeZone, nextAt, status } = schedule;
  const words = `${when} on the clock of each person (${timeZone} where it is not known)`;
  if (status === 'paused') return <>{words}; paused, so that it does not start.</>;
  if (status === 'missing')
    return <>{words}; not set up yet: that takes up to ten minutes after the bot has started.</>;
  return (
    <>
      {words}; next {formatFull(nextAt)}.
    </>
  );
}
