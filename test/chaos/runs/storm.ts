import { setTimeout as delay } from 'node:timers/promises';
import { ensurePostgresBinaries } from '../../support/postgres/binaries.ts';
import { startPostgres } from '../../support/postgres/server.ts';
import { startCrowd, type CrowdReport } from '../support/crowd.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import type { ChaosStage } from '../support/stage.ts';
import { FAULTS, planFaults } from '../support/storm/faults.ts';
import { judge } from '../support/storm/judgement.ts';
import { isErased, operatorWrites, shopReports, type Witness } from '../support/storm/witnesses.ts';
import { startWorld, type World } from '../support/storm/world.ts';
import { randomFrom, type Random } from '../support/watched-disk.ts';

/** How a storm blows. */
export interface StormOptions {
  /** Decides which faults come when; how the processes meet them is up to the machine. */
  readonly seed: number;
  /** Each ends with a calm, in which everything must come right. */
  readonly rounds: number;
  /** How long faults come in a round, ms. */
  readonly roundMs: number;
  /** Between two faults, ms. */
  readonly longestPauseMs: number;
  readonly people: number;
  readonly messagesPerSecond: number;
  readonly onLine?: (line: string) => void;
}

/** What became of a storm. */
export interface StormReport {
  readonly seed: number;
  readonly rounds: number;
  readonly messages: number;
  readonly deliveredAgain: number;
  readonly slowestAckMs: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often a process ended that nobody ended. */
  readonly ownEnds: number;
  /** Answers that were not heard, and of which the ledger says that nobody knows. */
  readonly unknown: number;
  /** Answers that were heard again after a call without an answer, whose echo came too late. */
  readonly repeated: number;
  /** Promises that were broken, in words. */
  readonly broken: readonly string[];
  readonly output?: string;
}

const PATIENCE_MS = 240_000;

/** All kinds of faults at once over all processes, by a seed; people, an operator, a shop and an erasure meanwhile. */
export async function blow(stage: ChaosStage, options: StormOptions): Promise<StormReport> {
  const postgres = await startPostgres(await ensurePostgresBinaries());
  const random = randomFrom(options.seed);
  const faults: Record<string, number> = {};
  const broken: string[] = [];
  const sums = { messages: 0, deliveredAgain: 0, slowestAckMs: 0, unknown: 0, repeated: 0 };
  const world = await startWorld(stage, postgres);
  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      const outcome = await blowOnce(world, options, random, round, (name) => {
        faults[name] = (faults[name] ?? 0) + 1;
        options.onLine?.(`round ${round}: ${name}`);
      });
      sums.messages += outcome.messages;
      sums.deliveredAgain += outcome.deliveredAgain;
      sums.slowestAckMs = Math.max(sums.slowestAckMs, outcome.slowestAckMs);
      sums.unknown += outcome.unknown;
      sums.repeated += outcome.repeated;
      broken.push(...outcome.broken.map((sentence) => `round ${round}: ${sentence}`));
      options.onLine?.(`round ${round} is over: ${outcome.messages} messages, ${JSON.stringify(outcome.broken)}`);
    }
    const all = [...world.apis, ...world.workers];
    const ownEnds = all.reduce((sum, killable) => sum + killable.ownEnds(), 0);
    const output = all.map((killable) => killable.output()).join('\n');
    return { seed: options.seed, rounds: options.rounds, ...sums, faults, ownEnds, broken, output };
  } finally {
    await world.close();
    await postgres.stop();
  }
}

async function blowOnce(
  world: World,
  options: StormOptions,
  random: Random,
  round: number,
  onFault: (name: string) => void,
) {
  const { simulator } = world.stage;
  let isOver = false;
  const crowds = [startCrowd(simulator, options), startCrowd(simulator, { people: 1, messagesPerSecond: 200 })];
  const witnesses: readonly Witness[] = [
    operatorWrites(world),
    ...[1, 2, 3].map((count) => shopReports(world, options.seed * 1_000_000 + round * 10 + count)),
    isErased(world),
  ];
  const testimonies = witnesses.map((witness) =>
    witness(() => isOver).catch((error: unknown) => [`a witness failed: ${String(error)}`]),
  );
  await crowds[0]?.untilTalking();

  const striking: Promise<void>[] = [];
  for (const { name, afterMs, random: own } of planFaults(random, options.roundMs, options.longestPauseMs)) {
    await delay(afterMs);
    onFault(name);
    striking.push(FAULTS[name]?.strike(world, own) ?? Promise.resolve());
  }
  await Promise.all(striking);
  simulator.clearFaults();
  isOver = true;
  await Promise.all(crowds.map((crowd) => crowd.stop()));
  for (const crowd of crowds) await crowd.untilAnswered(PATIENCE_MS);
  const said = await Promise.race([Promise.all(testimonies), delay(PATIENCE_MS, undefined)]);
  const leftovers = await untilSettled(world.postgres.url, PATIENCE_MS);
  const reports = await Promise.all(crowds.map((crowd) => crowd.report()));
  const people = crowds.flatMap((crowd) => crowd.people);
  const { broken, unknown, repeated } = await judge(world.postgres.url, simulator, people);
  const sum = (key: keyof CrowdReport) => reports.reduce((total, one) => total + one[key], 0);
  return {
    messages: sum('messages'),
    deliveredAgain: sum('deliveredAgain'),
    slowestAckMs: Math.max(...reports.map(({ slowestAckMs }) => slowestAckMs)),
    unknown,
    repeated,
    broken: [
      ...(said?.flat() ?? [`a witness has not finished after ${PATIENCE_MS / 1000} s of calm`]),
      ...(sum('messages') === 0 || sum('acknowledged') < sum('messages')
        ? [`of ${sum('messages')} messages ${sum('acknowledged')} were acknowledged`]
        : []),
      ...broken,
      ...complaintsAboutLeftovers(leftovers),
    ],
  };
}

/** `unknown` sends are judged one by one. */
function complaintsAboutLeftovers({ open, dead, quarantined }: Leftovers): readonly string[] {
  return open + dead + quarantined === 0
    ? []
    : [`${open} events or sends are open, ${dead} events are dead, ${quarantined} workflows are quarantined`];
}
