/** Processor time and memory of process trees, from Linux's `/proc`; `NaN` where there is none. */

import { readdirSync, readFileSync } from 'node:fs';

/** What processes have used so far. */
export interface Usage {
  readonly cpuMs: number;
  /** Pages that several processes share are counted once. */
  readonly residentMb: number;
}

/** Of `/proc/<pid>/stat`: 100 a second on every Linux. */
const MS_PER_TICK = 10;

/** The usage of these processes and all their descendants, those that have ended included. */
export function usageOf(pids: readonly number[]): Usage {
  if (process.platform !== 'linux') return { cpuMs: Number.NaN, residentMb: Number.NaN };
  const all = withDescendants(pids);
  const sum = (of: (pid: number) => number) => all.reduce((total, pid) => total + of(pid), 0);
  return { cpuMs: sum(cpuOf), residentMb: sum(residentOf) };
}

function withDescendants(pids: readonly number[]): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid)) parents.set(pid, Number(statOf(pid)[1]));
  }
  const found = [...pids];
  // The array grows while it is walked.
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child);
  }
  return found;
}

/** The fields from the state on: the command before it may contain spaces. Empty for a process that has ended. */
function statOf(pid: number): readonly string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Its own, and that of its children that have ended. */
function cpuOf(pid: number): number {
  const ticks = statOf(pid).slice(11, 15).map(Number);
  return ticks.reduce((total, one) => total + one, 0) * MS_PER_TICK;
}

function residentOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
