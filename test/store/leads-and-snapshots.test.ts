import { describe, expect, test } from 'vitest';
import { ANA, PAGE, START } from '../support/events.ts';
import { anEmptyStore, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;

describe.each(targets)('on $name', (target) => {
  test('a lead that is saved again, also at the same moment, is one lead, as it was first', async () => {
    const { store } = await anEmptyStore(target);
    const lead = { leadId: `${ANAS}/7`, conversation: ANAS, form: 'lead-capture', fields: { name: 'Ana' }, at: START };

    await Promise.all(Array.from({ length: 10 }, () => store.leads.save(lead)));
    await store.leads.save({ ...lead, fields: { name: 'Somebody else' } });

    expect(await store.leads.list(10)).toEqual([lead]);
  });

  test('the newest leads come first', async () => {
    const { store } = await anEmptyStore(target);
    for (const place of [2, 0, 1]) {
      await store.leads.save({ leadId: `l${place}`, conversation: ANAS, form: 'f', fields: {}, at: START + place });
    }

    expect((await store.leads.list(2)).map(({ leadId }) => leadId)).toEqual(['l2', 'l1']);
  });

  test('a conversation finds the state it closed with last, whatever JSON it is', async () => {
    const { store } = await anEmptyStore(target);
    expect(await store.snapshots.find(ANAS)).toBeUndefined();
    const state = { version: 2, plugins: { faq: { asked: ['\u0000 ✓', null, 1.5] } }, ['__proto__x']: {} };

    await store.snapshots.save(ANAS, { version: 1 }, START);
    await store.snapshots.save(ANAS, state, START + 1);

    expect(await store.snapshots.find(ANAS)).toEqual(state);
  });
});
