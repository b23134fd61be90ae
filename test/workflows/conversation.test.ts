import { randomUUID } from 'node:crypto';
import proto from '@temporalio/proto';
import { describe, expect, inject, test } from 'vitest';
import type { MessageEvent } from '../../src/index.ts';
import { resetRun } from '../../src/temporal/replay/stuck-runs.ts';
import { startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { inboundEventsSignal } from '../../src/workflows/contract/index.ts';
import { startStage } from '../support/stage.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const HOUR = 3_600_000;

let lastInboxId = 900_000;

/** An event as the dispatcher delivers it, for cases that the simulator does not produce. */
function anEvent(talk: Talk, text: string, more: Partial<MessageEvent> = {}) {
  lastInboxId += 1;
  const event: MessageEvent = {
    kind: 'message',
    channel: 'messenger',
    pageId: '104857600123456',
    psid: talk.psid,
    conversation: talk.conversation,
    at: talk.now(),
    dedupeKey: `test-${lastInboxId}`,
    isStandby: false,
    mid: `m_test${lastInboxId}`,
    text,
    attachments: [],
    commands: [],
    ...more,
  };
  return { inboxId: lastInboxId, event };
}

async function signal(talk: Talk, ...items: ReturnType<typeof anEvent>[]): Promise<void> {
  await talk.handle().signal(inboundEventsSignal, items);
  await talk.settles();
}

/** To its first workflow task, with the signals that came since. */
async function reset(talk: Talk): Promise<void> {
  const { client } = talk.stage;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: talk.conversation },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: 4 as never,
    resetReapplyType: proto.temporal.api.enums.v1.ResetReapplyType.RESET_REAPPLY_TYPE_SIGNAL,
  });
  await talk.settles();
}

/** The results of the activities of the current run, in the order in which they were scheduled. */
async function activityResults(talk: Talk): Promise<string[]> {
  const { events } = await talk.handle().fetchHistory();
  const results = (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
    completed ? [{ asked: Number(completed.scheduledEventId), payload: completed.result?.payloads?.[0]?.data }] : [],
  );
  return results
    .toSorted((one, other) => one.asked - other.asked)
    .map(({ payload }) => JSON.parse(Buffer.from(payload ?? []).toString()) as string);
}

async function runs(talk: Talk): Promise<number> {
  let count = 0;
  for await (const _ of talk.stage.client.workflow.list({ query: `WorkflowId = "${talk.conversation}"` })) count += 1;
  return count;
}

/** How many events a run passed on when it continued as new. */
async function waitingAtEnd({ stage, conversation }: Talk, runId: string): Promise<number> {
  const { events } = await stage.client.workflow.getHandle(conversation, runId).fetchHistory();
  const end = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.input?.payloads?.[0]?.data ?? [];
  const input = JSON.parse(Buffer.from(end).toString() || '{}') as { state?: { queue?: unknown[] } };
  return input.state?.queue?.length ?? 0;
}

describe('an inbound event', () => {
  test('is answered in order, however fast others follow', async () => {
    const talk = await startTalk(PROBE);
    const words = Array.from({ length: 30 }, (_, n) => `word-${n}`);
    await talk.says(...words);
    expect(await talk.hears(30)).toEqual(words.map((word, n) => `${n + 1} ${word}`));
  });

  test('is handled once, however often it is signalled', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('hello');
    const twice = anEvent(talk, 'twice');
    await signal(talk, twice, twice);
    await signal(talk, twice);
    expect(await talk.hears()).toEqual(['1 hello', '2 twice']);
    await talk.skip('6 minutes');
    await signal(talk, twice);
    expect(await talk.hears()).toEqual([]);
  });

  test('may be of any kind: a tap, a reaction, a link', async () => {
    const talk = await startTalk(PROBE);
    await talk.getsStarted();
    talk.stage.simulator.reacts(talk.psid, 'love');
    await talk.settles();
    talk.stage.simulator.opensLink(talk.psid, 'spring');
    expect(await talk.hears(3)).toEqual(['tapped GET_STARTED', 'event reaction', 'event referral']);
  });

  test('is observed and not answered while another app owns the thread', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('hello');
    await signal(talk, anEvent(talk, 'to somebody else', { isStandby: true }));
    await talk.says('seen');
    expect(await talk.hears()).toEqual(['1 hello', '3: message, standby message, message']);
  });

  test('costs five events in the history for a message with one answer, and no timer', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('first');
    const before = (await talk.history()).length;
    await talk.says('second');
    await talk.says('third');
    expect((await talk.history()).slice(before)).toEqual([...TURN, ...TURN]);
  });
});

const TURN = [
  'WORKFLOW_EXECUTION_SIGNALED',
  'WORKFLOW_TASK_SCHEDULED',
  'WORKFLOW_TASK_STARTED',
  'WORKFLOW_TASK_COMPLETED',
  'MARKER_RECORDED',
];

describe('a conversation', () => {
  test('continues as new when it was quiet, and remembers', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one', 'two');
    await talk.skip('4 minutes');
    expect(await runs(talk)).toBe(1);
    await talk.skip('2 minutes');
    const history = await talk.history();
    expect(history.filter((type) => type === 'WORKFLOW_EXECUTION_SIGNALED')).toEqual([]);
    expect(history.filter((type) => type === 'TIMER_STARTED')).toHaveLength(1);
    await talk.says('three');
    expect(await talk.hears()).toEqual(['1 one', '2 two', '3 three']);
  });

  test('keeps the moved clock when it continues as new', async () => {
    const talk = await startTalk(PROBE, { startsAt: '10:00' });
    await talk.says('hello');
    await talk.skip('5 hours');
    await talk.says('hello');
    await talk.skip('7 minutes');
    await talk.hears();
    await talk.says('now');
    const [told] = await talk.hears();
    expect(Math.abs(Number(told?.split(' ')[1]) - talk.now())).toBeLessThan(5000);
  });

  test('has one open timer, however many messages come', async () => {
    const talk = await startTalk(PROBE);
    for (const word of ['a', 'b', 'c', 'd']) await talk.says(word);
    expect((await talk.history()).filter((type) => type.startsWith('TIMER'))).toEqual(['TIMER_STARTED']);
  });

  test('closes with a snapshot when the window has closed, and opens from it', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one', 'tag regular');
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'idle', Tags: ['regular'] });
    expect(await talk.stage.store.snapshots.find(talk.conversation)).toMatchObject({ version: 1, tags: ['regular'] });
    await talk.says('two');
    expect(await talk.hears()).toEqual(['1 one', '3 two']);
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot', Tags: ['regular'] });
  });

  test('keeps tags in the store too, and opens with what was changed there meanwhile', async () => {
    const talk = await startTalk(PROBE);
    const { contacts } = talk.stage.store;
    await talk.says('tag regular', 'tag vip');
    expect(await contacts.find(talk.conversation)).toMatchObject({ tags: ['regular', 'vip'] });
    await talk.says('untag regular');
    expect(await contacts.find(talk.conversation)).toMatchObject({ tags: ['vip'] });
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    await contacts.changeTags(talk.conversation, { add: ['spring'], remove: ['vip'] });
    await talk.says('hello');
    expect(await talk.attributes()).toMatchObject({ Tags: ['spring'] });
  });

  test('answers a message that comes while it closes', async () => {
    const talk = await startTalk(PROBE);
    const { snapshots } = talk.stage.store;
    const { save } = snapshots;
    let saved = 0;
    Object.assign(snapshots, {
      save: async (...snapshot: Parameters<typeof save>) => {
        if (snapshot[0] === talk.conversation && (saved += 1) === 1) {
          talk.stage.simulator.says(talk.psid, 'wait!');
          await talk.stage.simulator.waitForDeliveries();
          await until(async () => !(await talk.stage.store.inbox.countByStatus())['pending']);
        }
        return save(...snapshot);
      },
    });
    await talk.says('one');
    await talk.skip('26 hours');
    expect(saved).toBeGreaterThan(0);
    await until(() => talk.bubbles().some(({ text }) => text === '2 wait!'));
    expect(await talk.hears()).toEqual(['1 one', '2 wait!']);
  });

  test('loses no event when the server makes it continue as new in the middle of a burst', async () => {
    const server = await startEmbeddedTemporal({
      cli: inject('temporalCli'),
      port: await freePort(),
      log: () => {},
      extraDynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 8 },
    });
    const stage = await startStage({ bot: PROBE, temporalAddress: server.address });
    try {
      const talk = await startTalk(PROBE, { stage });
      const words = Array.from({ length: 40 }, (_, n) => `word-${n}`);
      for (const word of words) stage.simulator.says(talk.psid, word);
      expect(await talk.hears(40)).toEqual(words.map((word, n) => `${n + 1} ${word}`));
      await talk.says('last');
      expect(await talk.hears()).toEqual(['41 last']);
      await until(async () => (await runs(talk)) > 1);

      const busy = await startTalk(PROBE, { stage });
      await busy.says('one');
      const { runId } = await busy.handle().describe();
      await signal(busy, ...words.map((word) => anEvent(busy, word)));
      expect(await busy.hears(41)).toEqual(['1 one', ...words.map((word, n) => `${n + 2} ${word}`)]);
      expect(await waitingAtEnd(busy, runId)).toBeGreaterThan(30);
    } finally {
      await stage.stop();
      await server.stop();
    }
  });

  test('that is reset to its start runs everything again and sends nothing twice', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one', 'tag regular', 'two', 'start nap', 'wake 1 tea');
    const said = ['1 one', '3 two', 'started', 'woke tea'];
    expect(await talk.hears(4)).toEqual(said);
    const calls = talk.sends().length;

    await reset(talk);
    // The wake-up of the new run does not send its message again.
    await talk.skip('1 minute');
    await talk.says('three');
    expect(await talk.hears()).toEqual(['6 three']);
    expect(talk.sends()).toHaveLength(calls + 1);
    expect(await talk.attributes()).toMatchObject({ Tags: ['regular'] });
  });

  test('that is reset stays with the operator who took over', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.takesOver({ reason: 'a complaint' });
    expect(await talk.hears()).toEqual(['1 one', 'to human: a complaint']);
    const { runId } = await talk.handle().describe();
    await resetRun(talk.stage.client, { workflowId: talk.conversation, runId });
    await talk.says('two');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
    expect(await talk.hears()).toEqual([]);
  });

  test('saves each lead of a turn once', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('leads small large');
    await reset(talk);
    expect(await talk.leads()).toHaveLength(2);
    expect(await talk.leads()).toEqual(expect.arrayContaining([{ size: 'small' }, { size: 'large' }]));
  });

  test('that is reset gives its activities the same keys again', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('listed', 'note late mug', 'note mug');
    const [listed, first = '', second = ''] = await talk.hears(3);
    expect(listed).toBe('note,tell');
    const keys = `${first} ${second}`.match(/[0-9a-f]{40}/g) ?? [];
    expect(new Set(keys).size).toBe(3);
    const noted = await activityResults(talk);
    expect(noted.join()).toBe([...first.split(','), second].join());

    await reset(talk);

    expect(await activityResults(talk)).toEqual(noted);
    expect(await talk.hears()).toEqual([]);
  });

  test('is answered once when its worker is replaced in the middle of a turn', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    talk.stage.simulator.fault({ kind: 'slow', ms: 700, psid: talk.psid });
    talk.stage.simulator.says(talk.psid, 'two');
    await until(async () => (await talk.handle().describe()).raw.pendingWorkflowTask != null);
    await talk.restartWorker();
    expect(await talk.hears(2)).toEqual(['1 one', '2 two']);
    await talk.says('three');
    expect(await talk.hears()).toEqual(['3 three']);
  });
});

describe('handoffs', () => {
  test('an operator takes over and gives back', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.takesOver({ reason: 'a complaint' });
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
    await talk.says('two');
    await talk.skip('20 hours');
    await talk.givesBack();
    await talk.says('three');
    expect(await talk.hears()).toEqual(['1 one', 'to human: a complaint', 'to bot: given back', '3 three']);
  });

  test('a reply from the Page inbox silences the bot for the set time', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.answersFromInbox('Ana here, how can I help?');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
    await talk.says('two');
    await talk.skip('2 hours');
    await talk.says('three');
    await talk.hears();
    await talk.skip('61 minutes');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot' });
    await talk.says('four');
    expect(await talk.hears()).toEqual(['to bot: time is up', '4 four']);
  });

  test('so does one that an operator writes by hand in a native app', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.answersFromNativeApp('Ana here, from my phone');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
    expect(await talk.details()).toContain('an operator answered by hand in a native app');
    await talk.says('two');
    expect(await talk.hears()).toEqual(['1 one', 'to human: an operator answered by hand in a native app']);
  });

  test('a late event does not decide who answers once a later one has', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const passed = anEvent(talk, '').event;
    const control = (action: 'pass' | 'take', at: number) => ({
      inboxId: (lastInboxId += 1),
      event: {
        ...passed,
        kind: 'thread_control' as const,
        action,
        at,
        newOwnerAppId: action === 'take' ? '263902037430900' : '517776481860111',
      },
    });
    const at = talk.now();
    await talk.handle().signal(inboundEventsSignal, [control('take', at + 1), control('pass', at + 3)]);
    await talk.handle().signal(inboundEventsSignal, [control('take', at + 2)]);
    await talk.says('two');
    expect(await talk.hears()).toContain('2 two');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot' });
  });

  test('each reply from the inbox starts the time again', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.answersFromInbox('Hello');
    await talk.skip('2 hours');
    await talk.answersFromInbox('Still here');
    await talk.skip('2 hours');
    await talk.hears();
    await talk.says('two');
    expect(await talk.hears()).toEqual([]);
  });

  test('a plugin hands over for a while', async () => {
    const talk = await startTalk(PROBE);
    await talk.says(`hand ${HOUR}`);
    await talk.says('anybody?');
    await talk.skip('61 minutes');
    await talk.says('you?');
    expect(await talk.hears()).toEqual(['to human: asked', 'to bot: time is up', '3 you?']);
  });
});

describe('a wake-up', () => {
  test('comes at its time', async () => {
    const talk = await startTalk(PROBE);
    await talk.says(`wake ${2 * HOUR} tea`);
    const asked = talk.now();
    await talk.skip('119 minutes');
    expect(await talk.hears()).toEqual([]);
    await talk.skip('2 minutes');
    expect(await talk.hears()).toEqual(['woke tea']);
    expect(((talk.bubbles().at(-1)?.at ?? 0) - asked) / HOUR).toBeCloseTo(2, 1);
  });

  test('is moved by the same note; another note adds one', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('wake 600000 tea', 'wake 1200000 tea', 'wake 900000 cake');
    await talk.skip('1 hour');
    expect(await talk.hears()).toEqual(['woke cake', 'woke tea']);
  });

  test('keeps the conversation open after the window, and sends nothing that Meta forbids', async () => {
    const talk = await startTalk(PROBE);
    await talk.says(`wake ${30 * HOUR} tea`);
    const calls = talk.sends().length;
    await talk.skip('29 hours');
    expect(await talk.status()).toBe('RUNNING');
    await talk.skip('3 hours');
    expect(await talk.status()).toBe('COMPLETED');
    expect(await talk.hears()).toEqual([]);
    expect(talk.sends()).toHaveLength(calls);
  });

  test('waits while an operator answers', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('wake 600000 tea');
    await talk.takesOver({ reason: 'a complaint' });
    await talk.skip('1 hour');
    expect(await talk.hears()).toEqual(['to human: a complaint']);
    await talk.givesBack();
    expect(await talk.hears()).toEqual(['to bot: given back', 'woke tea']);
  });

  test('sends nothing to a person who wrote "stop"', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('wake 600000 tea', 'Stop!');
    await talk.skip('1 hour');
    expect(await talk.hears()).toEqual(['2 Stop!', 'topic opt-out']);
    await talk.says('wake 600000 cake', 'START');
    await talk.skip('1 hour');
    expect(await talk.hears()).toEqual(['4 START', 'woke cake']);
  });

  test('two at the same time are both sent', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('wake 1 tea', 'wake 1 cake');
    await talk.skip('1 minute');
    expect((await talk.hears()).toSorted()).toEqual(['woke cake', 'woke tea']);
  });
});

describe('visibility', () => {
  test('topics go to all plugins, with their data', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('emit sold mug');
    expect(await talk.hears()).toEqual(['topic sold "mug"']);
  });

  test('search attributes are updated when they change, and only then', async () => {
    const talk = await startTalk(PROBE);
    const upserts = async () =>
      (await talk.history()).filter((type) => type === 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES').length;
    await talk.says('one', 'two');
    await talk.says('three');
    expect(await upserts()).toBe(1);
    await talk.says('tag regular');
    expect(await upserts()).toBe(2);
    await talk.says('tag regular', 'four');
    expect(await upserts()).toBe(2);
    await talk.says('untag regular');
    expect(await upserts()).toBe(3);
    expect(await talk.attributes()).toMatchObject({ PageId: '104857600123456', ConversationState: 'bot' });
  });

  test('the current details list the last lines as they were written', async () => {
    const talk = await startTalk(PROBE, { startsAt: '10:00' });
    await talk.says('*bold* [link](http://x.example)\n# <b>`code`</b>');
    await talk.answersFromInbox('Ana here');
    await talk.says('tag regular');
    const details = await talk.details();
    expect(details).toMatch(/^- \*\*Window\*\* closes \d{4}-\d\d-\d\d 09:59\n- \*\*Answers\*\* an operator \(/);
    expect(details).toContain('10:00 **person**: \\*bold\\* `[link](http://x.example)` # \\<b\\>\\`code\\`\\</b\\>');
    expect(details).toContain('10:00 **human**: Ana here');
  });

  test('sends and timers have summaries', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('hello');
    const { events } = await talk.handle().fetchHistory();
    const summaries = (events ?? []).flatMap(({ userMetadata }) => {
      const data = userMetadata?.summary?.data;
      return data ? [JSON.parse(Buffer.from(data).toString()) as string] : [];
    });
    expect(summaries).toEqual(
      expect.arrayContaining(['Conversation with Page 104857600123456', '1 hello', 'quiet: continue as new']),
    );
  });
});

describe('a file, for a bot without `gather`', () => {
  test('a file and its caption are one turn, and plugins get both', async () => {
    const talk = await startTalk(PROBE);
    await talk.sendsMedia('image', undefined, 'this one');
    expect(await talk.hears()).toEqual(['2 this one']);
    expect(await talk.history()).not.toContain('TIMER_FIRED');
  });

  test('a file alone is answered when no caption has come', async () => {
    const talk = await startTalk(PROBE);
    await talk.sendsMedia('image');
    expect(await talk.hears()).toEqual(['1 ']);
    await talk.says('seen');
    expect(await talk.hears()).toEqual(['2: message, message']);
  });

  test('texts are turns of their own, also after a file with its caption', async () => {
    const talk = await startTalk(PROBE);
    const { simulator } = talk.stage;
    simulator.holdDeliveries();
    for (const type of ['image', 'video'] as const) simulator.sendsMedia(talk.psid, type);
    for (const text of ['these two', 'and hello']) simulator.says(talk.psid, text);
    simulator.releaseDeliveries({ bodies: 'items' });
    expect(await talk.hears(2)).toEqual(['3 these two', '4 and hello']);
  });
});
