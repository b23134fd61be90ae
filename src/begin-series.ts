import type { Counter } from 'prom-client';

/** Begins the series of a counter whose labels are known: Prometheus sees no increase in a series that begins with 1. */
export function beginSeries<Label extends string>(
  counter: Counter<Label>,
  series: readonly Partial<Record<Label, string | number>>[],
): Counter<Label> {
  for (const labels of series) counter.inc(labels, 0);
  return counter;
}
