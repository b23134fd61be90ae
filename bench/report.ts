/** The table of results, for the terminal and for `docs/benchmarks.md`. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { MachineFacts } from './machine.ts';

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

/** A whole run. */
export interface BenchReport {
  readonly command: string;
  readonly facts: MachineFacts;
  readonly rows: readonly ReportRow[];
  readonly seconds: number;
}

const BEGIN = '<!-- measured: begin, written by `npm run bench -- --write` -->';
const END = '<!-- measured: end -->';

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
  const table = [['measured', 'everthread', 'bare loop', 'ratio', 'bare loop, tuned alike', 'ratio', 'aim'], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${Math.round(seconds)} s`,
    '',
    ...Object.entries(facts).map(([fact, value]) => `- ${fact}: ${value}`),
    '',
    line(table[0]!),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...table.slice(1).map(line),
  ].join('\n');
}

/** Replaces the previous results between the markers. */
export function writeInto(file: string, text: string): void {
  const page = readFileSync(file, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${file} lacks the lines "${BEGIN}" and "${END}"`);
  writeFileSync(file, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
}
