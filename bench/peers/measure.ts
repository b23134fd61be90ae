/** Measures one system alone: idle latency, acknowledgements, a burst, and what the burst cost. */

import { setTimeout as delay } from 'node:timers/promises';
import type { BurstLoad, BurstResult, PaceResult } from '../load/main.ts';
import { spread, type Spread } from '../numbers.ts';
import type { Child } from '../processes/child-process.ts';
import type { BenchProcesses } from '../processes/index.ts';
import type { RunningSystem } from './systems.ts';
import { type Usage, usageOf } from './usage.ts';

/** How much is measured. */
export interface PeerSize {
  readonly warmUpSeconds: number;
  readonly idleMessages: number;
  readonly ackSeconds: number;
  readonly burst: Omit<BurstLoad, 'to'>;
}

/** The bot's processes, and the server that it stands on. */
export interface Shares {
  readonly own: number;
  readonly engine: number;
}

/** The figures of one system in one round. */
export interface PeerFigures {
  readonly idle: Spread;
  /** At 100 and at 300 webhooks per second. */
  readonly acks: readonly [PaceResult, PaceResult];
  readonly acknowledgedPerSecond: number;
  readonly answeredPerSecond: number;
  /** During the burst, ms. */
  readonly cpuPerMessage: Shares;
  /** After the burst. */
  readonly residentMb: Shares;
}

/** The load generator's name for who listens at the webhook's URL. */
const to = 'everthread';
const PEOPLE = 200;
/** Lets the previous turn end, so that the machine is idle again. */
const PAUSE_MS = 40;

/** Measures a system that has just been started. */
export async function measureSystem(
  stage: BenchProcesses,
  { system, graphUrl, size }: { readonly system: RunningSystem; readonly graphUrl: string; readonly size: PeerSize },
): Promise<PeerFigures> {
  const load = await stage.load({ graphUrl, webhookUrl: system.webhookUrl });
  await pace(load, 100, size.warmUpSeconds);
  const idle = await measureIdle(load, size.idleMessages);
  const acks = [await pace(load, 100, size.ackSeconds), await pace(load, 300, size.ackSeconds)] as const;

  const before = usageOfSystem(system);
  const { total, acknowledgedMs, answeredMs } = await load.ask<BurstResult>('burst', { ...size.burst, to });
  await load.ask('untilSilent');
  const after = usageOfSystem(system);
  await load.stop();
  const cpu = (part: 'own' | 'engine') => (after[part].cpuMs - before[part].cpuMs) / total;
  return {
    idle,
    acks,
    acknowledgedPerSecond: (total / acknowledgedMs) * 1000,
    answeredPerSecond: (total / answeredMs) * 1000,
    cpuPerMessage: { own: cpu('own'), engine: cpu('engine') },
    residentMb: { own: after.own.residentMb, engine: after.engine.residentMb },
  };
}

async function measureIdle(load: Child, messages: number): Promise<Spread> {
  const times: number[] = [];
  for (let message = 0; message < messages; message += 1) {
    times.push(await load.ask<number>('exchange', { to, person: message % PEOPLE }));
    await delay(PAUSE_MS);
  }
  return spread(times);
}

/** Resolves when the messages have been answered too, so that the next measurement begins without a backlog. */
async function pace(load: Child, rate: number, seconds: number): Promise<PaceResult> {
  const result = await load.ask<PaceResult>('pace', { rate, seconds, people: PEOPLE });
  await load.ask('untilSilent');
  return result;
}

function usageOfSystem({ bot, engine }: RunningSystem): Readonly<Record<'own' | 'engine', Usage>> {
  return { own: usageOf([bot.pid]), engine: usageOf(engine ? [engine.pid] : []) };
}
