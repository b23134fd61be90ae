/**
 * What becomes of a send when its worker dies between two writes. The dead worker is one whose next step never comes
 * back; another one, on the same store, is asked for the same send, as the engine does. Both guarantees, with and without
 * the echo: the table is the one in docs/chaos.md.
 */

import { expect, test } from 'vitest';
import type { SendMessageDeps } from '../../src/activities/send/send-message.ts';
import type { Fault } from '../../src/simulator/index.ts';
import type { SendRequest } from '../../src/workflows/contract/index.ts';
import { aGate, storeWith, type Gate } from './gate.ts';

interface Ending {
  readonly status: 'sent' | 'unknown';
  /** How often the person sees it. */
  readonly seen: number;
}

interface CrashWindow {
  readonly diesAfter: string;
  /** What the worker does not live to do. */
  readonly dies: (gate: Gate, die: () => Promise<never>) => Partial<SendMessageDeps>;
  /** What Meta does at the first call. */
  readonly fault?: Fault;
  /** The first call is not the one it dies in. */
  readonly isSecondTry?: boolean;
  readonly echoes: boolean;
  readonly atLeastOnce: Ending;
  readonly atMostOnce: Ending;
}

const ONCE: Ending = { status: 'sent', seen: 1 };
const GIVEN_UP: Ending = { status: 'unknown', seen: 0 };

const beforeCall: CrashWindow['dies'] = (_, die) => ({ graph: { sendMessage: die, close: async () => {} } });
const before =
  (write: 'confirm' | 'settle' | 'markUnconfirmed' | 'postpone'): CrashWindow['dies'] =>
  ({ store }, die) => ({ store: storeWith(store, { [write]: die }) });
const afterwards =
  (write: 'confirm' | 'markUnconfirmed' | 'postpone'): CrashWindow['dies'] =>
  ({ store }, die) => ({
    store: storeWith(store, {
      confirm: (...given) => store.ledger.confirm(...given).then(write === 'confirm' ? die : () => {}),
      markUnconfirmed: (...given) =>
        store.ledger.markUnconfirmed(...given).then(write === 'markUnconfirmed' ? die : () => {}),
      postpone: (...given) => store.ledger.postpone(...given).then(write === 'postpone' ? die : () => {}),
    }),
  });

const RATE_LIMIT: Fault = { kind: 'error', code: 613, subcode: 2534040 };

const WINDOWS: readonly CrashWindow[] = [
  {
    diesAfter: 'the row is written, before the call',
    dies: beforeCall,
    echoes: true,
    atLeastOnce: ONCE,
    // Nobody can know that the call was not made.
    atMostOnce: GIVEN_UP,
  },
  {
    diesAfter: 'the call, before its answer is recorded; the echo comes',
    dies: before('confirm'),
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: ONCE,
  },
  {
    diesAfter: 'the call, before its answer is recorded; no echo comes',
    dies: before('confirm'),
    echoes: false,
    // The one way to say something twice.
    atLeastOnce: { status: 'sent', seen: 2 },
    atMostOnce: { status: 'unknown', seen: 1 },
  },
  {
    diesAfter: 'the answer is recorded, before the engine hears of it',
    dies: afterwards('confirm'),
    echoes: false,
    atLeastOnce: ONCE,
    atMostOnce: ONCE,
  },
  {
    diesAfter: 'a final "no" from Meta, before it is recorded',
    dies: before('settle'),
    fault: { kind: 'error', code: 100 },
    echoes: true,
    // Asked again, Meta would say it again; here it does not.
    atLeastOnce: ONCE,
    atMostOnce: GIVEN_UP,
  },
  {
    diesAfter: 'a "later" from Meta, before it is recorded',
    dies: before('postpone'),
    fault: RATE_LIMIT,
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: GIVEN_UP,
  },
  {
    diesAfter: 'a "later" from Meta is recorded',
    dies: afterwards('postpone'),
    fault: RATE_LIMIT,
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: ONCE,
  },
  {
    diesAfter: 'a broken call that Meta took, before the doubt is recorded',
    dies: before('markUnconfirmed'),
    fault: { kind: 'cut_after' },
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: ONCE,
  },
  {
    diesAfter: 'a broken call that Meta did not take, before the doubt is recorded',
    dies: before('markUnconfirmed'),
    fault: { kind: 'cut_before' },
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: GIVEN_UP,
  },
  {
    diesAfter: 'the doubt about a call that Meta took is recorded',
    dies: afterwards('markUnconfirmed'),
    fault: { kind: 'cut_after' },
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: ONCE,
  },
  {
    diesAfter: 'the row is opened again, before the second call',
    dies: beforeCall,
    fault: RATE_LIMIT,
    isSecondTry: true,
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: GIVEN_UP,
  },
  {
    diesAfter: 'the second call, before its answer is recorded; the echo comes',
    dies: before('confirm'),
    fault: RATE_LIMIT,
    isSecondTry: true,
    echoes: true,
    atLeastOnce: ONCE,
    atMostOnce: ONCE,
  },
];

test.each(WINDOWS.map((one) => ({ ...one, guarantee: 'at-least-once' as const, ending: one.atLeastOnce })))(
  'at least once: a worker that dies after $diesAfter',
  crash,
);
test.each(WINDOWS.map((one) => ({ ...one, guarantee: 'at-most-once' as const, ending: one.atMostOnce })))(
  'at most once: a worker that dies after $diesAfter',
  crash,
);

type Case = CrashWindow & Pick<SendRequest, 'guarantee'> & { readonly ending: Ending };

async function crash({ dies, fault, isSecondTry = false, echoes, guarantee, ending }: Case): Promise<void> {
  const gate = await aGate({ echoes, echoWaitMs: 150 });
  if (fault) gate.simulator.fault(fault);
  if (isSecondTry) expect(await gate.send({ guarantee })).toEqual({ status: 'deferred' });
  let isDead: () => void = () => {};
  const death = new Promise<void>((resolve) => (isDead = resolve));
  const victim = gate.anotherWorker(
    dies(gate, () => {
      isDead();
      return new Promise(() => {});
    }),
  );

  void victim({ guarantee, phase: isSecondTry ? 'durable' : 'local' });
  await death;
  const attempt = await gate.sendsUntilSettled({ guarantee });
  await gate.simulator.waitForDeliveries();

  expect(attempt).toMatchObject({ status: ending.status });
  expect(gate.heard()).toHaveLength(ending.seen);
}
