/** How many turns a second at saturation: in alternating rounds, so that a noisy machine troubles both alike. */
import type { Child } from './children.ts';
import type { Crowd, Side } from './load/main.ts';
import { median } from './numbers.ts';
import type { Row } from './report.ts';

export interface TurnsOptions {
  readonly rounds: number;
  readonly seconds: number;
}

const CROWD = { people: 200, atOnce: 64 };

export async function measureTurns(load: Child, { rounds, seconds }: TurnsOptions): Promise<Row[]> {
  const rates: Record<Side, number[]> = { everthread: [], bare: [] };
  const round = (to: Side, length: number) =>
    load.ask<number>('crowd', { ...CROWD, to, seconds: length } satisfies Crowd);
  for (const to of ['everthread', 'bare'] as const) await round(to, Math.min(5, seconds));
  for (let number = 0; number < rounds; number += 1) {
    for (const to of ['everthread', 'bare'] as const) rates[to].push(await round(to, seconds));
  }
  const ratios = rates.everthread.map((rate, index) => rate / rates.bare[index]!);
  const shown = (values: readonly number[]) =>
    `${median(values).toFixed(0)}/s (${values.map((value) => value.toFixed(0)).join(', ')})`;
  return [
    {
      what: `saturation: turns, ${CROWD.atOnce} people at once of ${CROWD.people}, ${rounds} × ${seconds} s, median (rounds)`,
      everthread: shown(rates.everthread),
      bare: shown(rates.bare),
      ratio: median(ratios),
      aim: '≥ 0.8',
    },
  ];
}
