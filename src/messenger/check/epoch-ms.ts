const SECONDS_END = 1e11;
const MILLISECONDS_END = 1e14;

/**
 * A moment in epoch ms, however Meta counted: most webhooks have milliseconds, lead ads and calls have seconds, and
 * the dashboard's test prints digits as text. The magnitude tells which: 1e11 s is the year 5138, 1e11 ms is 1973.
 */
export function epochMs(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isFinite(count) || count <= 0 || count > Number.MAX_SAFE_INTEGER) {
    return undefined;
  }
  if (count < SECONDS_END) return Math.round(count * 1000);
  return Math.round(count < MILLISECONDS_END ? count : count / 1000);
}
