/**
 * `npm run bench`: everthread beside two bare Temporal loops, on the same server, in the same run.
 * Only ratios can be compared, because machines are shared and noisy. `docs/benchmarks.md` explains the measurements.
 */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { machineFacts } from './machine.ts';
import { measureAck, measureLatency } from './measurements/ack.ts';
import { measureBurst } from './measurements/burst.ts';
import { measureHeap } from './measurements/heap.ts';
import { measureHistory } from './measurements/history.ts';
import { measureIdle } from './measurements/idle.ts';
import { measureTurns } from './measurements/turns.ts';
import { measureWaiting } from './measurements/waiting.ts';
import { createBenchProcesses, findTemporal, type BenchProcesses } from './processes/index.ts';
import { toMarkdown, type ReportRow, writeToDocs } from './report.ts';

const QUICK = {
  ackSeconds: 2,
  steps: [100, 400, 1200],
  secondsPerStep: 2,
  idleMessages: 30,
  turns: { warmUpSeconds: 8, rounds: 8, seconds: 2 },
  burst: { people: 50, each: 10, rounds: 2 },
  historyPeople: 1,
  heapSizes: [80, 160],
  waiting: { cached: 100, sizes: [300, 600] },
};
const FULL = {
  ackSeconds: 10,
  steps: [100, 200, 300, 400, 600, 800, 1000, 1250, 1500, 2000],
  secondsPerStep: 5,
  idleMessages: 200,
  turns: { warmUpSeconds: 10, rounds: 15, seconds: 3 },
  burst: { people: 200, each: 10, rounds: 3 },
  historyPeople: 3,
  heapSizes: [200, 1000, 2000],
  waiting: { cached: 2000, sizes: [4000, 7000, 10_000] },
};
const PARTS = ['history', 'idle', 'turns', 'burst', 'ack', 'heap', 'waiting'] as const;

const USAGE = `npm run bench -- [options]
  --quick          two minutes, rougher; stable enough to compare two commits
  --write          puts the table into docs/benchmarks.md
  --profile <dir>  leaves CPU profiles of everthread's threads there, for Chrome's DevTools
  --only <part>    ${PARTS.join(', ')}; may be repeated
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
    only: { type: 'string', multiple: true, default: [...PARTS] },
    help: { type: 'boolean', default: false },
  },
});
const size = options.quick ? QUICK : FULL;
const wants = (...parts: readonly (typeof PARTS)[number][]) => parts.some((part) => options.only.includes(part));

/** All sides on one server: history, idle latency, saturation, bursts, and acknowledgements while the bot answers. */
async function compareWithBareLoop(stage: BenchProcesses, graphUrl: string): Promise<ReportRow[]> {
  const { address: temporalAddress } = await stage.temporal();
  const nodeArgs = options.profile ? ['--cpu-prof', '--cpu-prof-dir', resolve(options.profile)] : [];
  const [everthread, bare, tuned] = await Promise.all([
    stage.everthread({ command: 'start', databaseUrl: stage.sqlite(), temporalAddress, graphUrl, nodeArgs }),
    stage.bare('bare', { temporalAddress, graphUrl }),
    stage.bare('tuned', { temporalAddress, graphUrl }),
  ]);
  const parts = {
    load: await stage.load({ graphUrl, temporalAddress, webhookUrl: everthread.hello.url }),
    everthread,
    bare,
    tuned,
  };
  const rows: ReportRow[] = [];
  if (wants('history'))
    rows.push(...(await logged('history', measureHistory(parts.load, temporalAddress, size.historyPeople))));
  if (wants('idle')) rows.push(...(await logged('idle latency', measureIdle(parts.load, size.idleMessages))));
  if (wants('turns')) rows.push(...(await logged('turns', measureTurns(parts, size.turns))));
  if (wants('burst')) rows.push(...(await logged('bursts', measureBurst(parts, size.burst))));
  if (wants('ack')) {
    const what = 'api and worker side by side while the bot answers, SQLite';
    rows.push(
      await logged('acks', measureLatency({ load: parts.load }, { rate: 200, seconds: size.ackSeconds, what })),
    );
  }
  for (const part of Object.values(parts)) await part.stop();
  return rows;
}

async function measureAcks(stage: BenchProcesses, graphUrl: string): Promise<ReportRow[]> {
  const { address: temporalAddress } = await stage.temporal();
  const databases = [
    ['SQLite', stage.sqlite()],
    ['PostgreSQL', (await stage.postgres()).url],
  ] as const;
  const rows: ReportRow[] = [];
  for (const [database, databaseUrl] of databases) {
    const { steps, secondsPerStep, ackSeconds: seconds } = size;
    const run = measureAck(stage, { temporalAddress, graphUrl, databaseUrl, database, steps, secondsPerStep, seconds });
    rows.push(...(await logged(`acks on ${database}`, run)));
  }
  return rows;
}

async function logged<T>(what: string, running: Promise<T>): Promise<T> {
  const since = Date.now();
  const result = await running;
  process.stderr.write(`Measured ${what} in ${((Date.now() - since) / 1000).toFixed(0)} s\n`);
  return result;
}

async function main(): Promise<void> {
  const since = Date.now();
  const cli = await findTemporal();
  const stage = createBenchProcesses(cli);
  process.once('SIGINT', () => void stage.stopAll().finally(() => process.exit(130)));
  try {
    const facts = machineFacts(cli);
    const graphUrl = await stage.graph();
    const rows: ReportRow[] = [];
    if (wants('history', 'idle', 'turns', 'burst', 'ack')) rows.push(...(await compareWithBareLoop(stage, graphUrl)));
    if (wants('ack')) rows.push(...(await measureAcks(stage, graphUrl)));
    if (wants('heap')) rows.push(...(await logged('heap', measureHeap(stage, graphUrl, size.heapSizes))));
    if (wants('waiting'))
      rows.push(...(await logged('waiting sequences', measureWaiting(stage, graphUrl, size.waiting))));
    const command = ['npm run bench', ...(options.quick ? ['-- --quick'] : [])].join(' ');
    const text = toMarkdown({ command, facts, rows, seconds: (Date.now() - since) / 1000 });
    process.stdout.write(`\n${text}\n`);
    if (options.write) writeToDocs('measured', text);
  } finally {
    await stage.stopAll();
  }
}

if (options.help) process.stdout.write(USAGE);
else {
  await main().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
}
