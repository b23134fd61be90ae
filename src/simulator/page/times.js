const HOUR = 3_600_000;

/** A moment on the wall clock of a person, whose zone is given in hours from UTC. */
function shown(at, zone, options) {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(new Date(at + zone * HOUR));
}

/** @param {number} at @param {number} zone */
export function clockTime(at, zone) {
  return shown(at, zone, { hour: '2-digit', minute: '2-digit' });
}

/** @param {number} at @param {number} zone */
export function dayAndTime(at, zone) {
  return shown(at, zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** `1 day 20 h`, `25 min`, `40 s`. @param {number} ms */
export function span(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 600) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  return `${days} day${days === 1 ? '' : 's'}${hours % 24 ? ` ${hours % 24} h` : ''}`;
}

/** The rest of a window: `24 h`, `3 h 20 min`. @param {number} ms */
export function rest(ms) {
  return ms > 23.5 * HOUR ? `${Math.round(ms / HOUR)} h` : span(ms);
}

/** `UTC+1`, `UTC−6`. @param {number} zone */
export function zoneName(zone) {
  return `UTC${zone < 0 ? '−' : '+'}${Math.abs(zone)}`;
}
