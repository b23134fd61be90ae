const HOUR_MS = 3_600_000;

/** A time on the wall clock of a person, whose time zone is given in hours from UTC. */
function format(at: number, timezone: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(new Date(at + timezone * HOUR_MS));
}

/** `09:05` on the person's clock. */
export function formatTime(at: number, timezone: number): string {
  return format(at, timezone, { hour: '2-digit', minute: '2-digit' });
}

/** `Tue 3 Mar, 09:05` on the person's clock. */
export function formatDayAndTime(at: number, timezone: number): string {
  return format(at, timezone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** A duration: `1 day 20 h`, `25 min`, `40 s`. */
export function formatDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 600) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  return `${days} day${days === 1 ? '' : 's'}${hours % 24 ? ` ${hours % 24} h` : ''}`;
}

/** What is left of a messaging window: `24 h` until half an hour is over, then `3 h 20 min`. */
export function formatTimeLeft(ms: number): string {
  return ms > 23.5 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : formatDuration(ms);
}

/** A time zone: `UTC+1`, `UTC−6`. */
export function formatZone(timezone: number): string {
  return `UTC${timezone < 0 ? '−' : '+'}${Math.abs(timezone)}`;
}
