/**
 * `npm run bench:peers`: the same echo bot on everthread and on what people use instead, with the same fake Graph API and
 * the same load, one after the other, in rounds. `docs/benchmarks.md` says what each does and does not do.
 */

import { parseArgs } from 'node:util';
import { machineFacts } from '../machine.ts';
import { median } from '../numbers.ts';
import { type BenchProcesses, createBenchProcesses, findTemporal } from '../processes/index.ts';
import { toHeader, toTable, writeToDocs } from '../report.ts';
import { CALL_TAKES_MS, type KillCounts, killUnderLoad } from './kills.ts';
import { measureSystem, type PeerFigures, type PeerSize, type Shares } from './measure.ts';
import { installLibraries, type System, SYSTEMS } from './systems.ts';

type Name = keyof typeof SYSTEMS;
const NAMES = Object.keys(SYSTEMS) as Name[];

const QUICK: PeerSize = { warmUpSeconds: 5, idleMessages: 50, ackSeconds: 3, burst: { people: 50, each: 10 } };
const FULL: PeerSize = { warmUpSeconds: 10, idleMessages: 200, ackSeconds: 10, burst: { people: 200, each: 10 } };
const ROUNDS = { quick: 1, full: 3 };

const USAGE = `npm run bench:peers -- [options]
  --quick          one short round: about four minutes
  --kills <n>      also kills each bot n times under load: two minutes more for each
  --only <peer>    ${NAMES.join(', ')}; may be repeated
  --write          puts the table into docs/benchmarks.md
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    kills: { type: 'string', default: '0' },
    only: { type: 'string', multiple: true, default: NAMES },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Peer {
  readonly system: System;
  readonly rounds: PeerFigures[];
  kills?: KillCounts;
}

let stage: BenchProcesses | undefined;

/** Starts one system alone, and stops everything afterwards. */
async function withSystem<T>(
  { cli, system, callTakesMs }: { readonly cli: string; readonly system: System; readonly callTakesMs?: number },
  measure: (running: Awaited<ReturnType<System['start']>>, graphUrl: string, on: BenchProcesses) => Promise<T>,
): Promise<T> {
  const mine = createBenchProcesses(cli);
  stage = mine;
  try {
    const graphUrl = await mine.graph(callTakesMs);
    return await measure(await system.start(mine, graphUrl), graphUrl, mine);
  } finally {
    await mine.stopAll();
  }
}

async function run(cli: string, peers: readonly Peer[], kills: number): Promise<void> {
  const [size, rounds] = options.quick ? [QUICK, ROUNDS.quick] : [FULL, ROUNDS.full];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { system, rounds: measured } of peers) {
      say(`Round ${round} of ${rounds}: ${system.title}`);
      const measuring = withSystem({ cli, system }, (running, graphUrl, on) =>
        measureSystem(on, { system: running, graphUrl, size }),
      );
      measured.push(await measuring);
    }
  }
  for (const peer of kills > 0 ? peers : []) {
    say(`${kills} kills: ${peer.system.title}`);
    peer.kills = await withSystem({ cli, system: peer.system, callTakesMs: CALL_TAKES_MS }, (running, graphUrl) =>
      killUnderLoad(running, { graphUrl, kills }),
    );
  }
}

function toRow({ system, rounds, kills }: Peer): string[] {
  const middle = (of: (figures: PeerFigures) => number) => median(rounds.map(of));
  const ms = (of: (figures: PeerFigures) => number) => short(middle(of));
  const shares = (of: (figures: PeerFigures) => Shares, show: (value: number) => string) =>
    `${show(middle((figures) => of(figures).own))} + ${show(middle((figures) => of(figures).engine))}`;
  const ack = (at: 0 | 1) => {
    const failed = rounds.reduce((sum, { acks }) => sum + acks[at].sent - acks[at].acknowledged, 0);
    const [p50, p99] = [ms(({ acks }) => acks[at].latency.p50), ms(({ acks }) => acks[at].latency.p99)];
    return `${p50} / ${p99}${failed > 0 ? ` (${failed} failed)` : ''}`;
  };
  return [
    system.title,
    `${ms(({ idle }) => idle.p50)} / ${ms(({ idle }) => idle.p99)}`,
    `${ack(0)} · ${ack(1)}`,
    `${middle((figures) => figures.acknowledgedPerSecond).toFixed(0)} · ${middle((figures) => figures.answeredPerSecond).toFixed(0)}`,
    shares(
      ({ cpuPerMessage }) => cpuPerMessage,
      (value) => value.toFixed(1),
    ),
    shares(
      ({ residentMb }) => residentMb,
      (value) => value.toFixed(0),
    ),
    ...(kills ? [`${kills.acknowledged} · ${kills.lost} · ${kills.twice} · ${kills.outOfOrder}`] : []),
  ];
}

function heading({ burst }: PeerSize, kills: number): string[] {
  return [
    '',
    'idle: webhook → Send call, p50 / p99 ms',
    'acks, p50 / p99 ms: at 100/s · at 300/s',
    `burst of ${burst.people * burst.each} from ${burst.people} people: acks/s · answers/s`,
    'CPU per message, own + engine ms',
    'resident, own + engine MB',
    ...(kills > 0 ? [`kill -9 × ${kills} under load: acked · lost · twice · out of order`] : []),
  ];
}

/** `8.3`, `127` */
function short(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const since = Date.now();
  const unknown = options.only.filter((name) => !(name in SYSTEMS));
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(', ')}: name ${NAMES.join(', ')}.`);
  const kills = Number(options.kills);
  if (!Number.isInteger(kills) || kills < 0 || kills > 100) {
    throw new Error(`--kills ${options.kills}: write a number from 0 to 100.`);
  }
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Ctrl-C can arrive twice: from the terminal, and from tsx.
    process.on(signal, () => {
      if (!isEnding) void (stage?.stopAll() ?? Promise.resolve()).finally(() => process.exit(130));
      isEnding = true;
    });
  }

  await installLibraries();
  const cli = await findTemporal();
  const facts = machineFacts(cli);
  const peers: Peer[] = [];
  const leftOut: string[] = [];
  for (const name of NAMES.filter((one) => options.only.includes(one))) {
    try {
      peers.push({ system: await SYSTEMS[name](), rounds: [] });
    } catch (error) {
      leftOut.push(`- ${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
      say(leftOut.at(-1)!);
    }
  }
  if (peers.length === 0) throw new Error('There is nothing to measure.');

  await run(cli, peers, kills);
  const command = ['npm run bench:peers --', ...process.argv.slice(2).filter((option) => option !== '--write')];
  const header = toHeader({
    command: command.length > 1 ? command.join(' ') : 'npm run bench:peers',
    facts,
    seconds: (Date.now() - since) / 1000,
  });
  const table = toTable([heading(options.quick ? QUICK : FULL, kills), ...peers.map(toRow)]);
  const text = [...header, ...(leftOut.length > 0 ? [...leftOut, ''] : []), table].join('\n');
  process.stdout.write(`\n${text}\n`);
  if (options.write) writeToDocs('peers', text);
}

if (options.help) process.stdout.write(USAGE);
else {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
