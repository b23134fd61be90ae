/**
 * The full chaos runs; each prints what became of every message, and the exit code tells whether every promise held.
 *
 *   npm run chaos                   all of them, as in docs/chaos.md
 *   npm run chaos -- --kills 50     one process, killed at random moments
 *   npm run chaos -- --many 30      four processes on PostgreSQL, one of them killed each time
 *   npm run chaos -- --dev 6        `everthread dev` as a whole, Temporal left behind each time
 *   npm run chaos -- --outage 60    Temporal away for so many seconds
 *   npm run chaos -- --disk 20      nothing can be written for so many seconds
 *   npm run chaos -- --power 300    so many power cuts of a store that others have promises from
 *   npm run chaos -- --power-start 100
 *                                  the machine of one process loses power so many times
 *   npm run chaos -- --ambiguity 1000
 *                                  so many sends of each guarantee lose their answers, first with echoes, then without
 *   npm run chaos -- --ambiguity 1000 --echoes on | off
 *                                  one half of that
 *   npm run chaos -- --seed 7       so many rounds (--rounds, default 5) of all faults at once, as the seed draws them
 *   npm run chaos -- --webhooks 30  two api processes and a worker, killed while other systems are told of events
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTemporalCli, temporalCliIn } from '../../src/temporal/cli/index.ts';
import { ensurePostgresBinaries } from '../support/postgres/binaries.ts';
import { startPostgres } from '../support/postgres/server.ts';
import { CUT_BEFORE, loseAnswers, TAKEN_UNHEARD, type AmbiguityReport } from './runs/ambiguity.ts';
import { killDev } from './runs/dev-kills.ts';
import { fillDisk } from './runs/full-disk.ts';
import { killAtRandom } from './runs/kills.ts';
import { killOneOfMany } from './runs/many.ts';
import { stopTemporal } from './runs/outage.ts';
import { cutPowerOfStart } from './runs/power-cuts-of-start.ts';
import { cutPower, isEveryPromiseKept, type PowerCutReport } from './runs/power-cuts.ts';
import { blow, type StormReport } from './runs/storm.ts';
import { isEveryEventOnce, killWhilePosting, type WebhookRunReport } from './runs/webhooks.ts';
import type { CrowdReport } from './support/crowd.ts';
import { endAllKillables } from './support/killable-process.ts';
import type { Leftovers } from './support/leftovers.ts';
import { startChaosStage, type ChaosStage } from './support/stage.ts';

type RunReport = CrowdReport & Leftovers & { readonly output?: string; readonly exitCode?: number | null };
type Scenario = (
  stage: ChaosStage,
  amount: number,
) => Promise<RunReport | AmbiguityRuns | PowerRun | WebhookRuns | StormReport>;
interface AmbiguityRuns {
  readonly runs: readonly AmbiguityReport[];
  readonly output?: string;
}

interface WebhookRuns {
  readonly webhooks: Readonly<Record<string, WebhookRunReport>>;
  readonly output?: string;
}

interface PowerRun {
  readonly cuts: PowerCutReport;
  readonly output?: string;
}

const NUMBER = { type: 'string' } as const;
const {
  values: { echoes: wantedEchoes, rounds, ...values },
} = parseArgs({
  options: {
    kills: NUMBER,
    many: NUMBER,
    dev: NUMBER,
    outage: NUMBER,
    disk: NUMBER,
    power: NUMBER,
    'power-start': NUMBER,
    ambiguity: NUMBER,
    webhooks: NUMBER,
    seed: NUMBER,
    rounds: { type: 'string', default: '5' },
    echoes: { type: 'string', default: 'both' },
  },
});
const ALL = {
  kills: '50',
  many: '30',
  dev: '6',
  outage: '60',
  disk: '20',
  power: '300',
  'power-start': '100',
  ambiguity: '1000',
  webhooks: '30',
  seed: '1',
};
const ECHOES: Readonly<Record<string, readonly boolean[]>> = { both: [true, false], on: [true], off: [false] };
const wanted = Object.keys(values).length > 0 ? values : ALL;

const load = { people: 20, messagesPerSecond: 10 };
const troubleEveryMs = 2000;
const say = (line: string) => void process.stderr.write(`${line}\n`);
const print = (line: string) => void process.stdout.write(`${line}\n`);
const onKill = (kill: number) => say(`kill ${kill}`);
/** One worker that is killed all the time, and one that lives long enough to call again for what is in doubt. */
const ambiguity = {
  messagesPerSecond: 10,
  firstCalls: [...TAKEN_UNHEARD, CUT_BEFORE],
  lives: [
    [2000, 12_000],
    [20_000, 40_000],
  ],
  onKill,
} as const;
const temporalCli = await findTemporalCli({ ...temporalCliIn(process.env), log: say });

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  // Fewer messages a second where it takes longer: the simulator counts the newest 300 lines of a person.
  kills: (stage, kills) =>
    killAtRandom(stage, { people: 20, messagesPerSecond: 6, kills, longestLifeMs: 9000, troubleEveryMs, onKill }),
  many: (stage, kills) =>
    onPostgres((url) => killOneOfMany(stage, url, { ...load, kills, longestLifeMs: 6000, troubleEveryMs, onKill })),
  dev: async (_, kills) => {
    const folder = mkdtempSync(join(tmpdir(), 'everthread-chaos-dev-'));
    const options = { people: 20, messagesPerSecond: 6, kills, longestLifeMs: 9000, onKill, folder, temporalCli };
    const report = await killDev(options);
    rmSync(folder, { recursive: true, force: true });
    return report;
  },
  outage: (stage, seconds) => stopTemporal(stage, { ...load, awayMs: seconds * 1000 }),
  disk: (stage, seconds) => fillDisk(stage, { ...load, fullMs: seconds * 1000 }),
  power: async (_, cuts) => ({ cuts: await cutPower({ cuts, onLife: (done) => say(`power cut ${done}`) }) }),
  'power-start': (stage, cuts) =>
    cutPowerOfStart(stage, {
      people: 20,
      messagesPerSecond: 4,
      cuts,
      longestLifeMs: 8000,
      onCut: (cut) => say(`power cut ${cut}`),
    }),
  ambiguity: async (stage, sends) => {
    const runs: AmbiguityReport[] = [];
    for (const echoes of ECHOES[wantedEchoes] ?? []) {
      runs.push(await onPostgres((url) => loseAnswers(stage, url, { ...ambiguity, sends, echoes })));
    }
    return { runs };
  },
  seed: (stage, seed) =>
    blow(stage, {
      seed,
      rounds: Number(rounds),
      roundMs: 120_000,
      longestPauseMs: 4000,
      people: 20,
      messagesPerSecond: 8,
      onLine: say,
    }),
  webhooks: async (stage, kills) => {
    const options = { people: 40, kills, longestLifeMs: 4000 };
    const databaseUrl = stage.env['DATABASE_URL'] ?? '';
    const together = await killWhilePosting(stage, { ...options, processes: 'together', databaseUrl });
    const apart = await onPostgres((url) =>
      killWhilePosting(stage, { ...options, processes: 'apart', databaseUrl: url }),
    );
    return { webhooks: { together, apart } };
  },
};

async function onPostgres<T>(run: (url: string) => Promise<T>): Promise<T> {
  const postgres = await startPostgres(await ensurePostgresBinaries());
  try {
    return await run(postgres.url);
  } finally {
    await postgres.stop();
  }
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`There is no scenario "${name}".`);
  return scenario;
}

function isClean(outcome: RunReport | AmbiguityRuns | PowerRun | WebhookRuns | StormReport): boolean {
  if ('broken' in outcome) return outcome.broken.length === 0;
  if ('webhooks' in outcome) return Object.values(outcome.webhooks).every(isEveryEventOnce);
  if ('cuts' in outcome) return isEveryPromiseKept(outcome.cuts);
  if ('runs' in outcome) return outcome.runs.length > 0 && outcome.runs.every(({ broken }) => broken.length === 0);
  return isEveryMessageOnce(outcome);
}

/** Every message acknowledged, answered, once, in order; nothing given up. */
function isEveryMessageOnce({ messages, acknowledged, answeredOnce, ...rest }: RunReport): boolean {
  const { answeredTwice, unanswered, outOfOrder, open, notSent, dead, quarantined, exitCode = 0 } = rest;
  const isAll = messages > 0 && acknowledged === messages && answeredOnce === messages;
  return isAll && answeredTwice + unanswered + outOfOrder + open + notSent + dead + quarantined === 0 && exitCode === 0;
}

const memory = Math.round(totalmem() / 1024 ** 3);
print(
  `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${memory} GiB, ${process.platform}, Node ${process.version}`,
);
for (const [name, amount] of Object.entries(wanted)) {
  const startedAt = Date.now();
  say(`${name} ${amount}`);
  const stage = await startChaosStage(temporalCli);
  try {
    const { output, ...report } = await scenarioOf(name)(stage, Number(amount));
    const isGood = isClean(report);
    if (!isGood) process.exitCode = 1;
    if (!isGood && output) say(output.slice(-20_000));
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    print(JSON.stringify({ [name]: Number(amount), isGood, seconds, ...report }));
  } finally {
    await endAllKillables();
    await stage.close();
  }
}
