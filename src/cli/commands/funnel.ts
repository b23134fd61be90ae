import { Command, Option } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import type { FirstReplies, Funnels, FunnelStep, FunnelStop } from '../../store/funnels.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { parsePastTime } from '../format-time.ts';
import { personName, progress, say } from '../terminal.ts';

interface FunnelOptions {
  readonly since?: number;
  readonly people?: true;
  readonly format: 'table' | 'json';
}

/** `everthread funnel`: counts people by funnel step. */
export function funnelCommand(): Command {
  return new Command('funnel')
    .description(
      'Count how many people reached each step of a funnel, where they stopped, and how soon they were answered.',
    )
    .option(
      '--since <when>',
      'only people who came since then: a day such as 2026-10-01, a time (ISO 8601), or 7d, 12h',
      parsePastTime,
    )
    .option('--people', `also list who stopped at which step, by name where it is known; the newest ${MAX_PEOPLE}`)
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .addHelpText('after', '\nExample:\n  everthread funnel --since 30d')
    .action(async ({ since = 0, people, format }: FunnelOptions) => {
      const store = await openConfiguredStore(loadConfig(process.env, { warn: progress }));
      try {
        const report = await funnelReport(store.funnels, since);
        const stops = people ? await store.funnels.listStops(since, MAX_PEOPLE) : undefined;
        if (format === 'json') say(quoteForTerminal(stops ? { ...report, stopped: stops.map(stopAsData) } : report, 2));
        else for (const line of [...tableOf(report), ...(stops ? stopLines(stops) : [])]) say(line);
      } finally {
        await store.close();
      }
    });
}

/** How many people `--people` lists. */
const MAX_PEOPLE = 500;

/** One line for each person, under their last step. */
export function stopLines(stops: readonly FunnelStop[]): string[] {
  const headings = new Set(stops.map(headingOf));
  return [...headings].toSorted().flatMap((heading) => [
    '',
    heading,
    ...stops
      .filter((stop) => headingOf(stop) === heading)
      .map(({ conversation, at, person }) => {
        const name = personName(person);
        return `  ${new Date(at).toISOString().slice(0, 16)}  ${withoutControlCharacters(conversation)}${name && `  ${name}`}`;
      }),
  ]);
}

function headingOf({ funnel, step }: FunnelStop): string {
  return withoutControlCharacters(`${funnel}, stopped at ${step}`);
}

function stopAsData({ person, at, ...stop }: FunnelStop) {
  return { ...stop, ...person, at: new Date(at).toISOString() };
}

interface FunnelReport {
  readonly steps: readonly FunnelStep[];
  readonly firstReply: {
    readonly answered: number;
    readonly unanswered: number;
    /** The median and the 95th percentile of the wait for the first reply; `null` if nobody was answered. */
    readonly medianMs: number | null;
    readonly p95Ms: number | null;
  };
}

/** Funnel steps and first replies since then, epoch ms. */
export async function funnelReport(funnels: Funnels, since: number): Promise<FunnelReport> {
  const [steps, replies] = await Promise.all([funnels.listSteps(since), funnels.readFirstReplies(since)]);
  return {
    steps,
    firstReply: {
      answered: replies.waitsMs.length,
      unanswered: replies.unanswered,
      medianMs: quantile(replies, 0.5),
      p95Ms: quantile(replies, 0.95),
    },
  };
}

function quantile({ waitsMs }: FirstReplies, share: number): number | null {
  return waitsMs[Math.max(0, Math.ceil(waitsMs.length * share) - 1)] ?? null;
}

/** The report as lines for a terminal. */
export function tableOf({ steps, firstReply }: FunnelReport): string[] {
  const names = [...new Set(steps.map(({ funnel }) => funnel))];
  const { answered, unanswered, medianMs, p95Ms } = firstReply;
  const waits =
    medianMs === null || p95Ms === null
      ? ''
      : ` (half within ${formatDuration(medianMs)}, 95 % within ${formatDuration(p95Ms)})`;
  return [
    ...(names.length > 0 ? names.flatMap((name) => funnelTable(name, steps)) : [NO_FUNNEL, '']),
    `First reply: ${answered} answered${waits}, ${unanswered} not`,
  ].map(withoutControlCharacters);
}

const NO_FUNNEL = 'No step of a funnel was recorded. See docs/plugins/analytics.md.';

function funnelTable(name: string, all: readonly FunnelStep[]): string[] {
  const steps = all.filter(({ funnel }) => funnel === name);
  const most = Math.max(...steps.map(({ people }) => people));
  const width = Math.max(4, ...steps.map(({ step }) => step.length));
  const row = (...[step = '', ...cells]: readonly string[]) =>
    `  ${step.padEnd(width)}${cells.map((cell) => cell.padStart(14)).join('')}`;
  return [
    name,
    row('step', 'people', 'of all', 'stopped here', 'after'),
    ...steps.map(({ step, people, last, afterMs }) =>
      row(step, String(people), `${Math.round((100 * people) / most)} %`, String(last), formatDuration(afterMs)),
    ),
    '',
  ];
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

function formatDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= 2 * length) ?? ['s', 1000];
  return `${(ms / size).toFixed(unit === 's' && ms < 10_000 ? 1 : 0)} ${unit}`;
}
