/** Times on the clock of the operator, unless a zone is named. */

const DAY_MS = 86_400_000;

type Time = string | number;

function format(at: Time, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(at));
}

/** `09:05`, `Tue 09:05` within a week, or `3 Mar`. */
export function formatShort(at: Time, now: number): string {
  const away = Math.abs(new Date(at).getTime() - now);
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  if (isToday) return formatTime(at);
  if (away < 6 * DAY_MS) return `${format(at, { weekday: 'short' })} ${formatTime(at)}`;
  return format(at, { day: 'numeric', month: 'short', ...(away > 300 * DAY_MS && { year: 'numeric' }) });
}

/** `09:05` */
export function formatTime(at: Time, timeZone?: string): string {
  return format(at, { hour: '2-digit', minute: '2-digit', ...(timeZone !== undefined && { timeZone }) });
}

/** `Tuesday, 3 March` */
export function formatDay(at: Time): string {
  return format(at, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** `Tue 3 Mar 2026, 09:05` */
export function formatFull(at: Time): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  return `${format(at, options)}, ${formatTime(at)}`;
}

/** A span in one unit: `40 s`, `25 min`, `3 h`, `2 days`. */
export function formatSpan(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}
