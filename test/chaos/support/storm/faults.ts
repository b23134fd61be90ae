/** The faults of a storm: what each does to the world, and when it is over. */

import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Fault as MetaFault } from '../../../../src/simulator/index.ts';
import type { KillableProcess } from '../killable-process.ts';
import { randomFrom, type Random } from '../watched-disk.ts';
import type { World } from './world.ts';

/** Does harm, and resolves when the harm is over. */
type Fault = (world: World, random: Random) => Promise<void>;

const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const between = (random: Random, low: number, high: number): number => Math.round(low + random() * (high - low));

const kill =
  (which: 'apis' | 'workers', signal: NodeJS.Signals): Fault =>
  async (world, random) => {
    const one = pick(random, world[which]);
    await world.alone(one, () => one.kill(signal));
  };

/** Meta does something to the next sends. */
const meta =
  (fault: (random: Random) => MetaFault): Fault =>
  async ({ stage }, random) =>
    stage.simulator.fault(fault(random));

/** It does not run for a while, and does not know it afterwards. */
async function freeze(world: World, part: KillableProcess, forMs: number): Promise<void> {
  await world.alone(part, async () => {
    const { pid } = part;
    process.kill(pid, 'SIGSTOP');
    await delay(forMs);
    process.kill(pid, 'SIGCONT');
  });
}

const untilReady = (worker: KillableProcess) => worker.untilPrinted('The worker is ready').catch(() => {});

/** Kinds of faults, and how likely each is compared with the others. */
export const FAULTS: Readonly<Record<string, { readonly weight: number; readonly strike: Fault }>> = {
  'kill -9 of an api': { weight: 4, strike: kill('apis', 'SIGKILL') },
  'kill -9 of a worker': { weight: 4, strike: kill('workers', 'SIGKILL') },
  'SIGTERM to an api': { weight: 2, strike: kill('apis', 'SIGTERM') },
  'SIGTERM to a worker': { weight: 2, strike: kill('workers', 'SIGTERM') },
  'an api stands still': {
    weight: 1,
    strike: (world, random) => freeze(world, pick(random, world.apis), between(random, 1000, 12_000)),
  },
  'a worker stands still': {
    weight: 1,
    strike: (world, random) => freeze(world, pick(random, world.workers), between(random, 1000, 40_000)),
  },
  'rolling deploy': {
    weight: 1,
    strike: async (world) => {
      world.deploy();
      for (const worker of world.workers)
        await world.alone(worker, async () => {
          await worker.kill('SIGTERM');
          await untilReady(worker);
        });
    },
  },
  'PostgreSQL restarts': {
    weight: 1,
    strike: ({ alone, postgres }, random) =>
      alone(postgres, async () => {
        await postgres.halt();
        await delay(between(random, 0, 5000));
        await postgres.start();
      }),
  },
  'PostgreSQL crashes': {
    weight: 1,
    strike: ({ alone, postgres }) =>
      alone(postgres, async () => {
        await postgres.crash();
        await postgres.start();
      }),
  },
  'PostgreSQL cuts its connections': {
    weight: 2,
    strike: ({ alone, postgres }) =>
      alone(postgres, async () => {
        const client = new pg.Client(postgres.url);
        await client.connect();
        await client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
        );
        await client.end();
      }),
  },
  'Temporal is away': {
    weight: 1,
    strike: ({ alone, stage }, random) =>
      alone(stage, () => stage.restartTemporal(() => delay(between(random, 0, 10_000)))),
  },
  'Temporal stands still': {
    weight: 1,
    strike: ({ alone, stage }, random) =>
      alone(stage, async () => {
        process.kill(stage.temporal.pid, 'SIGSTOP');
        await delay(between(random, 500, 8000));
        process.kill(stage.temporal.pid, 'SIGCONT');
      }),
  },
  'Meta is slow': {
    weight: 2,
    strike: meta((random) => ({ kind: 'slow', ms: between(random, 100, 3000), times: between(random, 1, 10) })),
  },
  'Meta hangs': {
    weight: 1,
    strike: meta((random) => ({ kind: 'slow', ms: 30_000, times: between(random, 1, 3) })),
  },
  'Meta cuts before it accepts': {
    weight: 1,
    strike: meta((random) => ({ kind: 'cut_before', times: between(random, 1, 5) })),
  },
  'Meta cuts after it accepted': {
    weight: 2,
    strike: meta((random) => ({ kind: 'cut_after', times: between(random, 1, 5) })),
  },
  'Meta fails, and has delivered': {
    weight: 2,
    strike: meta((random) => ({ kind: 'error_after', code: 1, subcode: 1357046, times: between(random, 1, 5) })),
  },
  'Meta limits the rate': {
    weight: 1,
    strike: meta((random) => ({ kind: 'error', code: 613, subcode: 2534040, times: between(random, 1, 5) })),
  },
  'Meta answers with 500': {
    weight: 1,
    strike: meta((random) => ({ kind: 'error', code: 2, httpStatus: 500, times: between(random, 5, 40) })),
  },
  'the token is revoked and renewed': {
    weight: 1,
    strike: ({ alone, stage, renewToken }, random) =>
      alone('token', async () => {
        stage.simulator.expireToken();
        await delay(between(random, 1000, 8000));
        renewToken();
      }),
  },
  'webhooks come late, together and twice': {
    weight: 2,
    strike: ({ alone, stage: { simulator } }, random) =>
      alone('webhooks', async () => {
        simulator.holdDeliveries();
        await delay(between(random, 1000, 10_000));
        simulator.releaseDeliveries({
          bodies: pick(random, ['entries', 'items', 'one_each']),
          isTwice: random() < 0.5,
        });
      }),
  },
  'webhooks come 50 times': {
    weight: 1,
    strike: async ({ stage: { simulator } }, random) => {
      const { psid } = pick(random, simulator.people());
      simulator.redeliver(psid, 50);
    },
  },
};

/** One fault of a plan. */
export interface PlannedFault {
  readonly name: string;
  /** After the one before, ms. */
  readonly afterMs: number;
  readonly random: Random;
}

/** What will happen in a time, drawn by chance that can be repeated. */
export function planFaults(random: Random, forMs: number, longestPauseMs: number): readonly PlannedFault[] {
  const names = Object.entries(FAULTS).flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name));
  const plan: PlannedFault[] = [];
  for (let atMs = 0; ;) {
    const afterMs = between(random, 0, longestPauseMs);
    atMs += afterMs;
    const [name, seed] = [pick(random, names), random() * 2 ** 32];
    if (atMs > forMs) return plan;
    plan.push({ name, afterMs, random: randomFrom(seed) });
  }
}
