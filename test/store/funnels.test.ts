import { describe, expect, test } from 'vitest';
import { funnelReport, stopLines, tableOf } from '../../src/cli/commands/funnel.ts';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../support/events.ts';
import { allow } from '../support/verdicts.ts';
import { anEmptyStore, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
const MINUTE = 60_000;

describe.each(targets)('funnels on $name', (target) => {
  test('count who reached which step, where people stopped, and how long it took', async () => {
    const { store } = await anEmptyStore(target);
    const { funnels } = store;
    for (const at of [START, START + 1]) await funnels.recordStep(ANAS, 'lead', 'started', at);
    await funnels.recordStep(ANAS, 'lead', 'asked name', START + MINUTE);
    await funnels.recordStep(ANAS, 'lead', 'completed', START + 4 * MINUTE);
    await funnels.recordStep(BENS, 'lead', 'started', START + 10 * MINUTE);
    await funnels.recordStep(BENS, 'lead', 'asked name', START + 13 * MINUTE);
    await funnels.recordStep(BENS, 'other', 'begun', START);

    const lead = (await funnels.listSteps(0)).filter(({ funnel }) => funnel === 'lead');
    expect(lead).toEqual([
      { funnel: 'lead', step: 'started', people: 2, last: 0, afterMs: 0 },
      { funnel: 'lead', step: 'asked name', people: 2, last: 1, afterMs: 2 * MINUTE },
      { funnel: 'lead', step: 'completed', people: 1, last: 1, afterMs: 4 * MINUTE },
    ]);
    expect((await funnels.listSteps(START + MINUTE)).map(({ step, people }) => [step, people])).toEqual([
      ['started', 1],
      ['asked name', 1],
    ]);
    expect(tableOf(await funnelReport(funnels, 0)).slice(0, 5)).toEqual([
      'lead',
      '  step              people        of all  stopped here         after',
      '  started                2         100 %             0         0.0 s',
      '  asked name             2         100 %             1         2 min',
      '  completed              1          50 %             1         4 min',
    ]);
  });

  test('name the people who stopped at a step, the newest first', async () => {
    const { store } = await anEmptyStore(target);
    const { funnels } = store;
    for (const conversation of [ANAS, BENS]) await funnels.recordStep(conversation, 'lead', 'started', START);
    await funnels.recordStep(ANAS, 'lead', 'completed', START + MINUTE);
    await funnels.recordStep(BENS, 'lead', 'completed', START + 2 * MINUTE);
    await funnels.recordStep(BENS, 'other', 'begun', START - MINUTE);
    await store.contacts.saveProfile(ANAS, { firstName: 'Ana', lastName: 'Sou\u001b[2Jsa' }, START);

    const stops = await funnels.listStops(START, 10);
    expect(stops.map(({ conversation, step, at }) => [conversation, step, at])).toEqual([
      [BENS, 'completed', START + 2 * MINUTE],
      [ANAS, 'completed', START + MINUTE],
    ]);
    const time = (at: number) => new Date(at).toISOString().slice(0, 16);
    expect(stopLines(stops)).toEqual([
      '',
      'lead, stopped at completed',
      `  ${time(START + 2 * MINUTE)}  ${BENS}`,
      `  ${time(START + MINUTE)}  ${ANAS}  Ana Sou [2Jsa`,
    ]);
    expect(await funnels.listStops(START, 1)).toHaveLength(1);
  });

  test('measure how long people waited for the first reply, and count who still waits', async () => {
    const { store } = await anEmptyStore(target);
    await store.inbox.record(delivered(webhookBody(aText('hi', { psid: ANA }), aText('hi', { psid: BEN }))), START);
    const send = {
      sendId: `${ANAS}/i1/0` as const,
      conversation: ANAS,
      author: 'bot' as const,
      purpose: 'reply' as const,
      guarantee: 'at-least-once' as const,
      message: { text: 'Hello' },
    };
    await store.ledger.open(send, allow, START);
    await store.ledger.confirm(send, 'm_Reply1', START + 1500);

    expect((await funnelReport(store.funnels, 0)).firstReply).toEqual({
      answered: 1,
      unanswered: 1,
      medianMs: 1500,
      p95Ms: 1500,
    });
    expect((await funnelReport(store.funnels, START + 1)).firstReply.answered).toBe(0);
    expect(tableOf(await funnelReport(store.funnels, 0)).at(-1)).toBe(
      'First reply: 1 answered (half within 1.5 s, 95 % within 1.5 s), 1 not',
    );
  });
});
