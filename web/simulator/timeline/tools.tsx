import { useState } from 'preact/hooks';
import { takeInput } from '../../shared/forms.ts';
import { formatDayAndTime, formatDuration, formatZone } from '../../shared/times.ts';
import { TIMERS_STAY, usePageActions } from '../page-actions.ts';
import type { FaultView, PersonView } from '../views.ts';
import { MoreActions } from './more-actions.tsx';

const STEPS = [
  { name: '+1 h', hours: 1 },
  { name: '+20 h', hours: 20 },
  { name: '+1 day', hours: 24 },
];

interface ToolsProps {
  readonly person: PersonView | undefined;
  readonly faults: readonly FaultView[];
  /** Whether moving a person's time moves the timers of the bot's Temporal. */
  readonly movesTimers: boolean;
  /** What the last action did. */
  readonly done: string | undefined;
}

/** Above the timeline: moving the person's time, and everything else one can do. */
export function Tools({ person, faults, movesTimers, done }: ToolsProps) {
  return (
    <div class="tools">
      <div class="tool" role="group" aria-label="Move time">
        <p class="clock" title={person && formatZone(person.timezone)}>
          {person && clockText(person)}
        </p>
        <TimeButtons />
        {!movesTimers && <p class="aside">{TIMERS_STAY}</p>}
      </div>
      <MoreActions person={person} faults={faults} />
      <p class="done" role="status" aria-label="Last action">
        {done}
      </p>
    </div>
  );
}

function clockText({ firstName, timezone, now, clockAheadMs }: PersonView): string {
  const ahead = clockAheadMs > 0 ? ` · ${formatDuration(clockAheadMs)} ahead` : '';
  return `${firstName}'s clock: ${formatDayAndTime(now, timezone)}${ahead}`;
}

function TimeButtons() {
  const { moveTime, notify } = usePageActions();
  const [isMoving, setIsMoving] = useState(false);
  const move = (hours: number) => {
    setIsMoving(true);
    void moveTime(hours).finally(() => setIsMoving(false));
  };
  return (
    <div class="buttons time-buttons" inert={isMoving}>
      {STEPS.map(({ name, hours }) => (
        <button key={name} type="button" onClick={() => move(hours)}>
          {name}
        </button>
      ))}
      <form
        class="inline"
        onSubmit={(event) => {
          const hours = Number(takeInput(event));
          if (hours > 0) move(hours);
          else notify('How many hours? Time only moves forward.');
        }}
      >
        <input class="hours" type="number" min="0.1" max="8760" step="any" aria-label="Hours" placeholder="hours" />
        <button type="submit">Move</button>
      </form>
    </div>
  );
}
