const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** `21:00` to `08:00`: hours of a person's day in which nothing is sent on our own initiative. */
export interface Hours {
  readonly from: string;
  readonly to: string;
}

/**
 * When the quiet hours that hold at `now` end, epoch ms; `undefined` when it is not quiet.
 * `timeZone` is an IANA name; a missing or unknown one counts as UTC.
 */
export function endOfQuietHours(now: number, { from, to }: Hours, timeZone = 'UTC'): number | undefined {
  const minute = minuteOfDay(now, timeZone);
  const start = minutes(from);
  const length = distance(start, minutes(to));
  const since = distance(start, minute);
  if (since >= length) return undefined;
  const startOfMinute = now - (now % MINUTE_MS);
  return startOfMinute + (length - since) * MINUTE_MS;
}

/** Minutes from one time of the day forward to another. */
function distance(from: number, to: number): number {
  return (to - from + DAY_MINUTES) % DAY_MINUTES;
}

function minutes(clock: string): number {
  const match = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(clock);
  if (!match) throw new Error(`The quiet hours name "${clock}". Write a time of the day as "21:00".`);
  return (Number(match[1]) * 60 + Number(match[2])) % DAY_MINUTES;
}

function minuteOfDay(now: number, timeZone: string): number {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  let text;
  try {
    text = new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(now);
  } catch {
    text = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(now);
  }
  return minutes(text);
}
