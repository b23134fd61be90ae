import { InvalidArgumentError } from 'commander';

const AGO_MS = { d: 86_400_000, h: 3_600_000 } as const;

/** An option's moment in the past, epoch ms: `2026-10-01`, `2026-10-01T12:00Z`, `7d`, `12h`. */
export function moment(text: string): number {
  const ago = /^(\d{1,5})([dh])$/.exec(text);
  const at = ago ? Date.now() - Number(ago[1]) * AGO_MS[ago[2] as 'd' | 'h'] : Date.parse(text);
  if (/^\d{4}-\d\d-\d\d|^\d+[dh]$/.test(text) && Number.isFinite(at)) return at;
  throw new InvalidArgumentError('Write a day such as 2026-10-01, a moment such as 2026-10-01T12:00Z, or 7d or 12h.');
}
