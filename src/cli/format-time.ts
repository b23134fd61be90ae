import { InvalidArgumentError } from 'commander';

/** `on 2026-11-21 at 13:05 UTC`; `at` is in epoch ms. */
export function formatTime(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `on ${day} at ${time.slice(0, 5)} UTC`;
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/** Reads a time in the past from an option, in epoch ms: `2026-10-01`, `2026-10-01T12:00Z`, `7d`, `12h`. */
export function parsePastTime(text: string): number {
  const ago = /^(\d{1,5})([dh])$/.exec(text);
  const at = ago ? Date.now() - Number(ago[1]) * UNIT_MS[ago[2] as 'd' | 'h'] : Date.parse(text);
  if (/^\d{4}-\d\d-\d\d|^\d+[dh]$/.test(text) && Number.isFinite(at)) return at;
  throw new InvalidArgumentError('Write a day such as 2026-10-01, a time such as 2026-10-01T12:00Z, or 7d or 12h.');
}

/** Reads a time ahead from an option, in epoch ms: `2026-12-01T09:00Z`, or `30m`, `2h`, `3d` from now. */
export function parseTimeAhead(text: string): number {
  const ahead = /^(\d{1,5})([dhm])$/.exec(text);
  const at = ahead ? Date.now() + Number(ahead[1]) * UNIT_MS[ahead[2] as 'd' | 'h' | 'm'] : Date.parse(text);
  if ((ahead || /^\d{4}-\d\d-\d\dT/.test(text)) && at > Date.now()) return at;
  throw new InvalidArgumentError('Write a time ahead such as 2026-12-01T09:00Z, or 30m, 2h or 3d.');
}
