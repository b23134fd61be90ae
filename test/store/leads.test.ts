import { describe, expect, test } from 'vitest';
import { ANA, PAGE, START } from '../support/events.ts';
import { anEmptyStore, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;

describe.each(targets)('leads on $name', (target) => {
  test('a lead that is saved several times, also concurrently, is one lead, as it was first', async () => {
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
});
