/** The table of results, for the terminal and for `docs/benchmarks.md`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MachineFacts } from './machine.ts';
import { formatSpread, median } from './numbers.ts';
import type { Side } from './people.ts';

/** One row of the table. */
export interface ReportRow {
  readonly what: string;
  readonly everthread: string;
  /** The bare loop with the SDK's defaults, or another program that does less. */
  readonly bare?: string;
  readonly ratio?: string;
  /** The bare loop tuned like everthread. */
  readonly tuned?: string;
  readonly tunedRatio?: string;
  /** The target for the ratios or the number. */
  readonly aim?: string;
}

/** What the cells of a row say of each side: the median of its rounds, and the ratios of neighbouring rounds. */
export function compareSides<Round>(
  rounds: Readonly<Record<Side, readonly Round[]>>,
  of: (round: Round) => number,
  show: (value: number) => string,
): Omit<ReportRow, 'what' | 'aim'> {
  const cell = (side: Side) => show(median(rounds[side].map(of)));
  const ratio = (side: Side) =>
    formatSpread(rounds.everthread.map((ours, index) => of(ours) / of(rounds[side][index]!)));
  return {
    everthread: cell('everthread'),
    bare: cell('bare'),
    ratio: ratio('bare'),
    tuned: cell('tuned'),
    tunedRatio: ratio('tuned'),
  };
}

/** `270/s` */
export function formatRate(perSecond: number): string {
  return `${perSecond.toFixed(0)}/s`;
}

/** A whole run. */
export interface BenchReport {
  readonly command: string;
  readonly facts: MachineFacts;
  readonly rows: readonly ReportRow[];
  readonly seconds: number;
}

/** The places in the page that runs write to: what begins and what ends each. */
const PLACES = {
  measured: ['<!-- measured: begin, written by `npm run bench -- --write` -->', '<!-- measured: end -->'],
  peers: ['<!-- peers: begin, written by `npm run bench:peers -- --write` -->', '<!-- peers: end -->'],
} as const;

/** `8.3 ms`, `127 ms` */
export function formatMs(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** The report as Markdown. */
export function toMarkdown({ command, facts, rows, seconds }: BenchReport): string {
  const cells = rows.map(({ what, everthread, bare = '', ratio = '', tuned = '', tunedRatio = '', aim = '' }) => [
    what,
    everthread,
    bare,
    ratio,
    tuned,
    tunedRatio,
    aim,
  ]);
  const heading = ['measured', 'everthread', 'bare loop', 'ratio', 'bare loop, tuned alike', 'ratio', 'aim'];
  return [...toHeader({ command, facts, seconds }), toTable([heading, ...cells])].join('\n');
}

/** The lines above a table: the command, the date, and the facts. */
export function toHeader({ command, facts, seconds }: Omit<BenchReport, 'rows'>): string[] {
  return [
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${Math.round(seconds)} s`,
    '',
    ...Object.entries(facts).map(([fact, value]) => `- ${fact}: ${value}`),
    '',
  ];
}

/** A Markdown table of these rows; the first one is its heading. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [
    line(rows[0]!),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.slice(1).map(line),
  ].join('\n');
}

/** Replaces the previous results in docs/benchmarks.md. */
export function writeToDocs(place: keyof typeof PLACES, text: string): void {
  const file = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
  const [begin, end] = PLACES[place];
  const page = readFileSync(file, 'utf8');
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${file} lacks the lines "${begin}" and "${end}"`);
  writeFileSync(file, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}
