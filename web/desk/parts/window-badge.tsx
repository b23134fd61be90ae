import { formatSpan } from './times.ts';

const HOUR_MS = 3_600_000;

interface WindowBadgeProps {
  /** ISO 8601; null: the window never opened. */
  readonly closesAt: string | null;
  readonly now: number;
}

/** What is left of the 24 hours in which the bot may answer; urgent under an hour. */
export function WindowBadge({ closesAt, now }: WindowBadgeProps) {
  if (closesAt === null) return null;
  const leftMs = Date.parse(closesAt) - now;
  if (leftMs <= 0) return <span class="badge closed">window closed</span>;
  return (
    <span class={leftMs < HOUR_MS ? 'badge urgent' : 'badge'} title="Until Meta's 24-hour window closes">
      {formatSpan(leftMs)} left
    </span>
  );
}
