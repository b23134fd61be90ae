import { describe, expect, test } from 'vitest';
import type { Strike } from '../../src/store/quarantine.ts';
import { ANA, BEN, PAGE, START } from '../support/events.ts';
import { aStoreAt, anEmptyStore, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}`;
const BENS = `messenger:${PAGE}:${BEN}`;

let marks = 0;
function aStrike(strike: Partial<Strike> = {}): Strike {
  marks += 1;
  return {
    workflowId: ANAS,
    runId: 'run-1',
    task: 3,
    build: 'b1',
    mark: `mark-${marks}`,
    reason: 'process_died',
    at: START + marks,
    ...strike,
  };
}

describe.each(targets)('the quarantine on $name', (target) => {
  test('two strikes in a row quarantine a workflow, and no other', async () => {
    const { url, store } = await anEmptyStore(target);
    const another = await aStoreAt(url);

    expect(await store.quarantine.strike(aStrike())).toEqual({ strikes: 1, isNew: true, isQuarantined: false });
    await another.quarantine.strike(aStrike({ workflowId: BENS }));
    // A replay died, in an earlier task.
    expect(await another.quarantine.strike(aStrike({ task: 2, reason: 'stuck', at: START + 500 }))).toEqual({
      strikes: 2,
      isNew: true,
      isQuarantined: true,
    });

    expect(await store.quarantine.list()).toEqual([
      { workflowId: ANAS, build: 'b1', strikes: 2, reason: 'stuck', at: START + 500 },
    ]);
    expect(await store.quarantine.count()).toEqual({ quarantined: 1, struck: 1 });
  });

  test.each([
    ['in a later task', { task: 4 }],
    ['in another run', { runId: 'run-2' }],
    ['with another build', { build: 'b2' }],
  ])('a strike %s is the first again: the workflow made progress, or may be mended', async (_title, later) => {
    const { store } = await anEmptyStore(target);
    await store.quarantine.strike(aStrike());
    expect(await store.quarantine.strike(aStrike(later))).toMatchObject({ strikes: 1, isQuarantined: false });
  });

  test('one activation counts once, whoever reports it', async () => {
    const { store } = await anEmptyStore(target);
    const strike = aStrike();
    const outcomes = await Promise.all([1, 2, 3].map(() => store.quarantine.strike(strike)));
    expect(outcomes.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await store.quarantine.list()).toEqual([]);
  });

  test('a release, and another build, end it; the next strike is the first', async () => {
    const { store } = await anEmptyStore(target);
    for (const workflowId of [ANAS, ANAS, BENS, BENS]) await store.quarantine.strike(aStrike({ workflowId }));

    expect(await store.quarantine.release([ANAS, 'messenger:unknown'])).toEqual([ANAS]);
    expect(await store.quarantine.release([])).toEqual([]);
    expect(await store.quarantine.strike(aStrike())).toMatchObject({ strikes: 1 });
    await store.quarantine.keepOnly('b2');
    expect(await store.quarantine.count()).toEqual({ quarantined: 0, struck: 0 });
  });

  test('a strike that no other followed is forgotten after a week', async () => {
    const { store } = await anEmptyStore(target);
    await store.quarantine.strike(aStrike());
    await store.quarantine.strike(aStrike({ workflowId: BENS, at: START + 8 * 86_400_000 }));
    expect(await store.quarantine.count()).toEqual({ quarantined: 0, struck: 1 });
  });
});
