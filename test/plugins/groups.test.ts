/** Tags by rule, segments in the store, broadcasts to them, quiet hours and funnels, on a real Temporal server. */

import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { createBroadcastStep } from '../../src/activities/broadcast-step.ts';
import { dryRun } from '../../src/broadcasts/dry-run.ts';
import { findBroadcast, toKnownBot } from '../../src/broadcasts/known-bot.ts';
import { startBroadcast } from '../../src/broadcasts/runs.ts';
import { createMissingSchedules, findSchedule, removeOldSchedules, setPaused } from '../../src/broadcasts/schedules.ts';
import { describeBroadcast } from '../../src/cli/commands/broadcast.ts';
import { contactLines } from '../../src/cli/commands/contacts.ts';
import { funnelReport } from '../../src/cli/commands/funnel.ts';
import { readBot } from '../../src/cli/read-bot.ts';
import { broadcastCauseId } from '../../src/domain/cause.ts';
import { contactQuery } from '../../src/plugins/segment.ts';
import { BROADCAST_TYPE, broadcastId, TASK_QUEUE } from '../../src/workflows/contract/index.ts';
import { runCli } from '../cli/run-cli.ts';
import { PAGE } from '../support/events.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BOT = 'test/support/bots/groups/bot.ts';
const facts = readBot(join(import.meta.dirname, '../..', BOT));

/** A person whose local time is outside the quiet hours. */
const someone = () => startTalk(BOT, { startsAt: '10:00' });

async function talkOf(...texts: readonly string[]): Promise<Talk> {
  const talk = await someone();
  for (const text of texts) await talk.says(text);
  await talk.hears();
  return talk;
}

async function trial({ stage: { store, simulator } }: Talk, name: string, edition = '1') {
  const broadcast = findBroadcast(toKnownBot(await facts), name);
  const { examples: _, ...counted } = await dryRun({ store, clock: simulator.clock }, broadcast, { edition });
  return counted;
}

async function run({ stage: { client } }: Talk, name: string, edition = '1'): Promise<unknown> {
  await startBroadcast(client, { name, edition });
  return client.workflow.getHandle(broadcastId(name)).result();
}

async function peopleWith({ stage: { store } }: Talk, ...tags: readonly string[]): Promise<readonly unknown[]> {
  const lines: unknown[] = [];
  for await (const line of contactLines(store.audience, contactQuery({ all: tags }), 'json')) {
    lines.push((JSON.parse(line) as { conversation: unknown }).conversation);
  }
  return lines;
}

test('rules set and remove tags, and the store finds the people who have them', async () => {
  const talk = await someone();
  await talk.getsStarted('fair');
  await talk.says('I want to buy two', 'a human, please');
  expect(await talk.attributes()).toMatchObject({ Tags: ['met-at-fair', 'buyer', 'asked-for-a-person'] });
  expect(await peopleWith(talk, 'buyer', 'met-at-fair')).toEqual([talk.conversation]);
  await talk.says('I regret it');
  expect(await peopleWith(talk, 'buyer', 'met-at-fair')).toEqual([]);
  expect(await peopleWith(talk, 'met-at-fair')).toEqual([talk.conversation]);
});

test('a broadcast reaches everybody who may be sent messages, nobody twice, and gives the reasons for the others', async () => {
  const buyer = await talkOf('buy');
  const late = await talkOf('buy');
  await late.skip('25 hours');
  const long = await talkOf('buy');
  await long.skip('4 days');
  const silent = await talkOf('buy', 'stop');
  const withHuman = await talkOf('buy', 'human');
  const stranger = await talkOf('hello');

  const expected = { begun: 2, leftOut: { window_closed: 1, opted_out: 1 } };
  expect(await trial(buyer, 'sale')).toEqual(expected);
  expect(await buyer.hears()).toEqual([]);

  expect(await run(buyer, 'sale')).toMatch(/^finished: 2 begun, (1 left out \((window_closed|opted_out)\)(, )?){2}$/);
  expect(await buyer.hears(1)).toEqual(['Mugs are half price today.']);
  for (const other of [late, long, silent, withHuman, stranger]) {
    await other.settles();
    expect(await other.hears()).toEqual([]);
  }

  await withHuman.givesBack();
  expect(await run(buyer, 'sale')).toContain('1 begun');
  expect(await withHuman.hears(1)).toEqual(['Mugs are half price today.']);
  expect(await trial(buyer, 'sale')).toEqual({ begun: 0, leftOut: { ...expected.leftOut, had_it_already: 2 } });
  expect(await run(buyer, 'sale', '2')).toContain('2 begun');
  expect(await buyer.hears(1)).toEqual(['Mugs are half price today.']);
  expect(await describeBroadcast(buyer.stage.client, 'sale')).toContain('finished: 2 begun');
});

test('a broadcast may be a sequence that waits for an answer', async () => {
  const [answers, waits] = [await someone(), await someone()];
  await answers.getsStarted('fair');
  await waits.getsStarted('fair');
  await run(answers, 'survey');
  expect(await answers.hears(1)).toEqual(['How was the fair?']);
  await answers.says('Great');
  expect(await answers.hears(1)).toEqual(['Thank you!']);
  await waits.skip('23 hours');
  await waits.says('Hello again');
  await waits.skip('12 hours');
  expect(await waits.hears()).toEqual(['How was the fair?', 'Thank you!']);
});

test('an open circuit breaker of a Page pauses its broadcast: until it closes, over a deploy too, or until an operator closes it', async () => {
  const buyer = await talkOf('buy');
  const { store, client, namespace } = buyer.stage;
  const holdBack = () => store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '368', now: Date.now() });
  const handle = client.workflow.getHandle(broadcastId('sale'));
  const waits = async () =>
    JSON.stringify(await handle.query('__temporal_workflow_metadata')).includes('circuit breaker of a Page is open');

  await holdBack();
  await startBroadcast(client, { name: 'sale', edition: '3' });
  await until(waits);
  await expect(startBroadcast(client, { name: 'sale', edition: '3' })).rejects.toMatchObject({
    code: 'broadcast_running',
  });
  await buyer.restartWorker();
  await store.circuitBreakers.close(PAGE);
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId: broadcastId('sale') },
    workflowExecutionOptions: {
      timeSkippingConfig: { enabled: true, fastForwardConfig: { id: 'a-minute', duration: { seconds: 61 as never } } },
    },
    updateMask: { paths: ['time_skipping_config'] },
  });
  expect(await handle.result()).toMatch(/^finished: [1-9]\d* begun(?!.*restricted)/);
  expect(await buyer.hears(1)).toEqual(['Mugs are half price today.']);

  await holdBack();
  await startBroadcast(client, { name: 'sale', edition: '4' });
  await until(waits);
  // There is no bot in the folder: nothing but a stop can come of it.
  const env = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: namespace };
  const stopping = await runCli(['broadcast', 'sale', '--stop'], { cwd: temporaryFolder(), env });
  expect(stopping).toMatchObject({ code: 0, output: expect.stringContaining('sale stops') });
  expect(await handle.result()).toMatch(/^stopped by an operator: 0 begun.* left out \(restricted\)/);
  await store.circuitBreakers.close(PAGE);
});

test('a schedule reaches those whose clock shows its time, once for an evening, and stays while it is paused', async () => {
  const quarter = 15 * 60_000;
  const dueAt = Math.floor(Date.now() / quarter) * quarter;
  const ahead = (20 * 60 - ((dueAt / 60_000) % 1440) + 1440) % 1440;
  const timezone = (ahead > 14 * 60 ? ahead - 1440 : ahead) / 60;
  const [due, other] = await Promise.all(
    [timezone, timezone - 1].map(async (zone) => {
      const talk = await startTalk(BOT, { startsAt: '10:00', person: { timezone: zone } });
      await talk.says('night');
      await talk.hears();
      return talk;
    }),
  );
  if (!due || !other) throw new Error('Nobody came.');
  const { client } = due.stage;
  const { broadcasts } = toKnownBot(await facts);
  await Promise.all([createMissingSchedules(client, broadcasts), createMissingSchedules(client, broadcasts)]);

  const results = async () => {
    const runs = client.workflow.list({
      query: "WorkflowType = 'broadcast' AND WorkflowId STARTS_WITH 'broadcast:nightly-'",
    });
    const closed: unknown[] = [];
    for await (const { workflowId, runId, status } of runs)
      if (status.name === 'COMPLETED') closed.push(await client.workflow.getHandle(workflowId, runId).result());
    return closed;
  };
  const schedule = client.schedule.getHandle(broadcastId('nightly'));
  const backfill = { start: new Date(dueAt - 60_000), end: new Date(dueAt + 1000) };
  // While there is no worker.
  const restarted = due.stage.restartWorker();
  await schedule.backfill(backfill);
  await restarted;
  await until(async () => (await results()).includes('finished: 1 begun'));
  expect(await due.hears(1)).toEqual(['Good evening!']);
  await schedule.backfill(backfill);
  await until(async () => (await results()).includes('finished: 0 begun, 1 left out (had_it_already)'));
  for (const talk of [due, other]) {
    await talk.settles();
    expect(await talk.hears()).toEqual([]);
  }

  const { store, namespace, databaseUrl } = due.stage;
  await store.botFacts.save(toKnownBot(await facts), Date.now());
  const cli = (option: string) =>
    runCli(['broadcast', 'nightly', option], {
      cwd: temporaryFolder(),
      env: {
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TEMPORAL_NAMESPACE: namespace,
        DATABASE_URL: databaseUrl,
      },
    });
  expect((await cli('--status')).output).toMatch(/at 20:00 of each person's day; in Europe\/Lisbon, .* next at 20/);
  expect((await cli('--pause')).output).toContain('nightly does not start by itself any more.');
  expect((await cli('--status')).output).toContain('nightly is paused.');
  expect(await removeOldSchedules(client, [])).toEqual([]);
  expect(await findSchedule(client, 'nightly')).toEqual({ isPaused: true });
  await setPaused(client, 'nightly', false);
  await until(async () => (await removeOldSchedules(client, [])).includes('nightly'));
  expect(await findSchedule(client, 'nightly')).toBeUndefined();
  await expect(setPaused(client, 'nightly', true)).rejects.toMatchObject({ code: 'broadcast_not_scheduled' });
});

test.each([
  ['comes two hours late', { name: 'nightly', scheduledAt: Date.now() - 2 * 3_600_000 }, 'it is too late'],
  ['is of an older deploy', { name: 'gone' }, 'the bot has no schedule for it'],
])('a run of a schedule that %s reaches nobody', async (_, input, reason) => {
  const { stage } = await talkOf('buy');
  const run = { workflowId: `broadcast:late-${input.name}`, taskQueue: TASK_QUEUE, args: [input] };
  expect(await stage.client.workflow.execute(BROADCAST_TYPE, run)).toContain(reason);
});

test('a repeated step sends nothing twice, and a run continues where the one before ended', async () => {
  const people = [await talkOf('buy'), await talkOf('buy')].toSorted((a, b) =>
    a.conversation < b.conversation ? -1 : 1,
  );
  const [first, last] = [people[0]!, people[1]!];
  const { store, client, simulator } = first.stage;
  const step = createBroadcastStep({ store, client, clock: simulator.clock });
  const request = {
    name: 'sale',
    occasion: broadcastCauseId('sale', '5'),
    query: { all: ['buyer'] },
    messageClass: 'ordinary' as const,
    perSecond: 40,
  };
  let calls = 0;
  const dies = async (...args: Parameters<typeof client.workflow.signalWithStart>) => {
    calls += 1;
    if (calls > 1) throw new Error('The worker was killed');
    return client.workflow.signalWithStart(...args);
  };
  const dying = { workflow: { signalWithStart: dies } } as unknown as typeof client;
  await expect(createBroadcastStep({ store, client: dying, clock: simulator.clock })(request)).rejects.toThrow(
    'killed',
  );
  const [one, other] = await Promise.all([step(request), step(request)]);
  expect(one.isDone && other.isDone).toBe(true);
  for (const talk of people) {
    await talk.hears(1);
    await talk.settles();
  }
  const told = people.map((talk) => talk.bubbles().filter(({ text }) => text?.startsWith('Mugs')).length);
  expect(told).toEqual([1, 1]);

  const before = { begun: 7, leftOut: { window_closed: 2 } };
  const goesOn = { name: 'sale', edition: '6', after: first.conversation, tally: before };
  await startBroadcast(client, goesOn);
  expect(await client.workflow.getHandle(broadcastId('sale')).result()).toMatch(/^finished: \d+ begun/);
  expect(await last.hears(1)).toEqual(['Mugs are half price today.']);
  await first.settles();
  expect(await first.hears()).toEqual([]);
});

test('in quiet hours the bot answers, and messages on its own initiative wait for their end', async () => {
  const talk = await startTalk(BOT, { startsAt: '20:00' });
  await talk.says('remind');
  await talk.skip('11 hours');
  expect(await talk.hears()).toEqual(['I will.']);
  await talk.says('remind');
  await talk.skip('2 hours');
  expect(await talk.hears()).toEqual(['I will, in the morning.', 'The plugin reminds you.']);
  const early = await startTalk(BOT, { startsAt: '20:00' });
  await early.says('remind');
  await early.skip('13 hours');
  expect((await early.hears()).toSorted()).toEqual(['I will.', 'The plugin reminds you.', 'The sequence reminds you.']);
});

test('a funnel counts how far people got, and records a step once', async () => {
  const [far, near] = [await talkOf('order', 'next', 'next', 'mail'), await talkOf('order')];
  const localActivities = async () => (await far.history()).filter((type) => type === 'MARKER_RECORDED').length;
  const before = await localActivities();
  await far.says('next');
  // The topics of the turn, and no step.
  expect(await localActivities()).toBe(before + 1);
  await far.skip('1 hour');
  await far.says('done');
  await near.settles();
  const { steps } = await funnelReport(far.stage.store.funnels, 0);
  expect(steps.map(({ step, people, last }) => [step, people, last])).toEqual([
    ['order.started', 2, 1],
    ['order.asked size', 1, 0],
    ['order.completed', 1, 1],
  ]);
  expect(await far.attributes()).toMatchObject({ Tags: ['knows-size'] });
});
