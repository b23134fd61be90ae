import { useState } from 'preact/hooks';
import { takeInput } from '../../shared/forms.ts';
import { formatDayAndTime, formatDuration, formatZone } from '../../shared/times.ts';
import { listDues } from '../inside/dues.ts';
import { TIMERS_STAY, usePageActions, type TimeMove } from '../page-actions.ts';
import type { InspectionView, PersonView } from '../views.ts';

const HOUR_MS = 3_600_000;
const STEPS = [
  { name: '+1 h', ms: HOUR_MS },
  { name: '+25 h', ms: 25 * HOUR_MS },
  { name: '+7 days', ms: 168 * HOUR_MS },
];
/** What is due is over a second later, at the latest. */
const AFTER_DUE_MS = 1000;

interface TimeToolProps {
  readonly person: PersonView | undefined;
  readonly inspection: InspectionView | undefined;
  /** Whether moving a person's time moves the timers of the bot's Temporal. */
  readonly movesTimers: boolean;
}

/** Moves the person's time: by a step, to a date, or to what the bot does next. */
export function TimeTool({ person, inspection, movesTimers }: TimeToolProps) {
  const { moveTime, notify } = usePageActions();
  const [isMoving, setIsMoving] = useState(false);
  const move = (how: TimeMove) => {
    setIsMoving(true);
    void moveTime(how).finally(() => setIsMoving(false));
  };
  const [next] = person && inspection ? listDues(inspection).filter(({ at }) => at > person.now) : [];
  return (
    <div class="tool" role="group" aria-label="Move time">
      <p class="clock" title={person && formatZone(person.timezone)}>
        {person && clockText(person)}
      </p>
      <div class="buttons time-buttons" inert={isMoving}>
        {next && person && (
          <button type="button" class="next" onClick={() => move({ until: next.at + AFTER_DUE_MS })}>
            To what is next: {next.what} <small>in {formatDuration(next.at - person.now)}</small>
          </button>
        )}
        {STEPS.map(({ name, ms }) => (
          <button key={name} type="button" onClick={() => move({ ms })}>
            {name}
          </button>
        ))}
        <form
          class="inline"
          onSubmit={(event) => {
            const at = Date.parse(`${takeInput(event)}Z`) - (person?.timezone ?? 0) * HOUR_MS;
            if (at > (person?.now ?? 0)) move({ until: at });
            else notify('Which day? Time only moves forward.');
          }}
        >
          <input type="datetime-local" aria-label="Day and time" />
          <button type="submit">Go</button>
        </form>
      </div>
      {!movesTimers && <p class="aside">{TIMERS_STAY}</p>}
    </div>
  );
}

function clockText({ firstName, timezone, now, clockAheadMs }: PersonView): string {
  const ahead = clockAheadMs > 0 ? ` · ${formatDuration(clockAheadMs)} ahead` : '';
  return `${firstName}'s clock: ${formatDayAndTime(now, timezone)}${ahead}`;
}
