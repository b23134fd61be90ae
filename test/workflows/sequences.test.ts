import { describe, expect, onTestFinished, test } from 'vitest';
import { resetRun } from '../../src/temporal/replay/stuck-runs.ts';
import { conversationViewQuery, sequencesKey, TASK_QUEUE } from '../../src/workflows/contract/index.ts';
import { startTalk, until, type Talk, type TalkOptions } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const SURVEY = 'test/support/bots/survey/bot.ts';
const MINUTE = 60_000;

async function started(name: string, options?: TalkOptions): Promise<Talk> {
  const talk = await startTalk(PROBE, options);
  await talk.says(`start ${name}`);
  return talk;
}

/** A sequence speaks when it begins, while the turn that started it may still be sending: neither waits for the other. */
function inAnyOrder(texts: readonly string[]): readonly string[] {
  return texts.toSorted();
}

/** When the bot said it, by the person's clock. */
function saidAt(talk: Talk, text: string): number {
  return talk.bubbles().findLast((bubble) => bubble.text === text)?.at ?? Number.NaN;
}

describe('waiting', () => {
  test('sleep ends at its time, also when the conversation has continued as new', async () => {
    const talk = await started('nap mug');
    const begun = talk.now();
    await talk.skip('89 minutes');
    expect(await talk.hears()).toEqual(['started']);
    const { turns } = await talk.handle().query(conversationViewQuery);
    expect(turns?.at(-1)?.answers).toEqual(['sequence started sequence nap', expect.stringContaining('handled')]);
    await talk.skip('2 minutes');
    expect(await talk.hears()).toEqual(['nap over, "mug"']);
    expect(Math.abs(saidAt(talk, 'nap over, "mug"') - begun - 90 * MINUTE)).toBeLessThan(5000);
    expect(await talk.sequence('nap').result()).toBe('finished');
  });

  test('sleepUntil ends at its time, at once for one in the past', async () => {
    const talk = await started('alarm-clock');
    await talk.skip('121 minutes');
    expect(await talk.hears()).toEqual(['started', 'rang after 2 hours', 'a moment in the past has come']);
  });

  test("sleepUntil of a time of the person's day ends at their next one, every time", async () => {
    const talk = await started('mornings', { person: { timezone: 5.5 } });
    await talk.skip('6 days');
    const { tags = [] } = (await talk.stage.store.contacts.find(talk.conversation)) ?? {};
    const woken = tags.map((tag) => tag.replace('woke ', '')).toSorted();
    expect(woken.map((at) => at.slice(10, 16))).toEqual(['T03:30', 'T03:30', 'T03:30']);
    expect(new Set(woken.map((at) => at.slice(0, 10))).size).toBe(3);
    expect(woken.filter((at) => [0, 6].includes(new Date(at).getUTCDay()))).toEqual([]);

    await talk.says('start mornings 9am');
    expect(await talk.sequence('mornings').result()).toContain('failed: seq.sleepUntil: "time" must be { at: ');
  });

  test('waitForReply resolves to the reply, or to undefined when none came', async () => {
    const answered = await started('question');
    await answered.says('yes');
    expect((await answered.hears()).slice(2)).toEqual(['2 yes', 'answer message']);
    const silent = await started('question');
    await silent.skip('3 hours');
    expect((await silent.hears()).at(-1)).toBe('no answer');
    expect(await silent.sequence('question').result()).toBe('finished');
  });

  test('a reply that the run waits for does not stop it', async () => {
    const talk = await started('question-stoppable');
    await talk.says('yes');
    expect(await talk.hears()).toContain('answer message');
    expect(await talk.sequence('question-stoppable').result()).toBe('answered');
  });

  test('a reply that does not fit goes to the plugins, and ends neither the wait nor the run', async () => {
    const talk = await started('number');
    await talk.says('why?');
    await talk.says('12');
    expect((await talk.hears()).slice(2)).toEqual(['2 why?', '3 12', '12 it is']);
    expect(await talk.sequence('number').result()).toBe('answered');
  });

  test('a function may choose the reply; when it throws, the run fails', async () => {
    const talk = await started('picky');
    await talk.says('now!', 'please');
    expect(await talk.hears()).toContain('since you ask');
    await talk.skip('2 hours');
    expect(await talk.sequence('picky').result()).toBe('finished');
    await talk.says('start picky');
    await talk.says('boom');
    expect(await talk.sequence('picky').result()).toBe('failed: too picky');
  });

  test('untilWindowCloses follows the window that a reply opens, and resolves to undefined for a closed one', async () => {
    const talk = await started('last-call');
    await talk.skip('20 hours');
    await talk.says('hello');
    await talk.hears();
    await talk.skip('21 hours');
    expect(await talk.hears()).toEqual([]);
    await talk.skip('61 minutes');
    expect(await talk.hears()).toEqual(['2 hours left']);
    await talk.skip('4 hours');
    expect(await talk.stage.store.contacts.find(talk.conversation)).toMatchObject({ tags: ['gone'] });
  });

  test('"stop" stops sequences with opt-out in stopOn, and no update goes out until "start"', async () => {
    const talk = await started('unless-opted-out');
    await talk.says('Stop!');
    expect(await talk.sequence('unless-opted-out').result()).toBe('stopped by opt-out');
    await talk.says('start nap');
    await talk.skip('91 minutes');
    expect(await talk.hears()).not.toContain('nap over, null');
    expect(await talk.sequence('nap').result()).toBe('finished; 1 send refused: opted_out');
    await talk.says('START');
    await talk.says('start nap');
    await talk.skip('91 minutes');
    expect(await talk.hears()).toContain('nap over, null');
  });

  test('a reply that comes during the send of the question answers it', async () => {
    const talk = await started('question-later');
    talk.stage.simulator.fault({ kind: 'slow', ms: 2500, psid: talk.psid });
    const asking = talk.skip('61 seconds');
    await until(async () => (await talk.stage.store.ledger.counts())['calling'] === 1);
    await talk.says('here');
    await asking;
    // Which of the two arrives first is up to the machine.
    expect((await talk.hears()).toSorted()).toEqual(['2 here', 'Are you there?', 'answer message', 'started']);
    expect(await talk.sequence('question-later').result()).toBe('answered');
  });

  test('a reply from before a sleep is no answer to a question after it', async () => {
    const talk = await started('deaf');
    await talk.says('hello?');
    await talk.skip('3 hours');
    expect((await talk.hears()).at(-1)).toBe('heard nothing');
  });

  test('waitFor resolves to the topic with its data', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('emit ordered');
    expect(await talk.sequence('parcel').status()).toBe('RUNNING');
    await talk.says('emit other', 'emit shipped today');
    expect((await talk.hears()).at(-1)).toBe('shipped "today"');
  });
});

describe('a reply that a sequence waits for', () => {
  async function asked(name: string): Promise<Talk> {
    const talk = await startTalk(SURVEY);
    await talk.says(`start ${name}`);
    await talk.skip('2 minutes');
    await talk.hears();
    return talk;
  }
  const misses = async (talk: Talk) => {
    await talk.says('misses');
    return (await talk.hears()).at(-1);
  };

  test("is the sequence's if no plugin handles it: no fallback and no miss", async () => {
    const talk = await asked('stars');
    await talk.says('4!');
    expect(await talk.hears()).toEqual(['4! stars, thank you!']);
    expect(await talk.sequence('stars').result()).toBe('answered');
    expect(await misses(talk)).toBe('0 misses');
  });

  test('that does not fit gets the fallback, and the wait goes on', async () => {
    const talk = await asked('stars');
    await talk.says('six');
    expect(await talk.hears()).toEqual(['Sorry?']);
    await talk.says('2');
    expect(await talk.hears()).toEqual(['2 stars, thank you!']);
    expect(await misses(talk)).toBe('1 misses');
  });

  test('is answered by a plugin that handles it first, and by the sequence after it', async () => {
    const talk = await asked('stars');
    await talk.says('5');
    expect(await talk.hears()).toEqual(['From 9 to 5.', '5 stars, thank you!']);
  });

  test('is no wrong answer to a form, which asks again before the sequence speaks', async () => {
    const talk = await asked('stars');
    await talk.says('price');
    await talk.says('3');
    expect(await talk.hears()).toEqual(['Which e-mail?', 'Which e-mail?', '3 stars, thank you!']);
  });

  test('may be any message or tap, also one during the send of the question', async () => {
    const talk = await asked('anything');
    await talk.sendsMedia('image');
    expect(await talk.hears()).toEqual(['a message']);
    await talk.says('start anything');
    talk.stage.simulator.fault({ kind: 'slow', ms: 1500, psid: talk.psid });
    const asking = talk.skip('61 seconds');
    await until(async () => (await talk.stage.store.ledger.counts())['calling'] === 1);
    await talk.says('yes');
    await asking;
    expect(await talk.hears()).toEqual(['Are you there?', 'a message']);
    expect(await misses(talk)).toBe('0 misses');
  });

  test('is refused by a function that throws: the run fails, and the fallback answers', async () => {
    const talk = await asked('words');
    await talk.says('boom');
    expect(await talk.hears()).toEqual(['Sorry?']);
    expect(await talk.sequence('words').result()).toBe('failed: no such words');
  });

  test('is taken once, also when its conversation is reset', async () => {
    const talk = await asked('words');
    await talk.says('the bell is too quiet');
    expect(await talk.hears()).toEqual(['We will see to it.']);
    await talk.says('start words');
    await talk.hears();
    const { runId } = await talk.handle().describe();
    await resetRun(talk.stage.client, { workflowId: talk.conversation, runId });
    await talk.settles();
    expect(await talk.hears()).toEqual([]);
    expect(await talk.sequence('words').status()).toBe('RUNNING');
  });

  test('is taken once, also when its conversation is reset after the run that took it has ended', async () => {
    const talk = await asked('words');
    await talk.says('the bell is too quiet');
    expect(await talk.sequence('words').result()).toBe('answered');
    await talk.hears();
    const { runId } = await talk.handle().describe();
    await resetRun(talk.stage.client, { workflowId: talk.conversation, runId });
    await talk.settles();
    expect(await talk.hears()).toEqual([]);
  });
});

describe('stopping', () => {
  test('a reply stops a sequence with reply in stopOn', async () => {
    const talk = await started('patient');
    await talk.says('no, thanks');
    expect(await talk.sequence('patient').result()).toBe('stopped by reply');
    await talk.skip('2 hours');
    expect(await talk.hears()).not.toContain('second');
  });

  test('a topic, a handoff and a plugin stop a sequence', async () => {
    const byTopic = await started('parcel');
    await byTopic.says('emit cancelled');
    expect(await byTopic.sequence('parcel').result()).toBe('stopped by cancelled');
    const byHandoff = await started('parcel');
    await byHandoff.says('hand');
    expect(await byHandoff.sequence('parcel').result()).toBe('stopped by handoff');
    const byPlugin = await started('parcel');
    await byPlugin.says('stop parcel');
    expect(await byPlugin.sequence('parcel').result()).toBe('stopped by somebody said so');
  });

  test('a sequence that is started in the turn in which a reply stops it begins a new run', async () => {
    const talk = await started('patient');
    await talk.says('start patient');
    await talk.skip('2 hours');
    expect(inAnyOrder(await talk.hears())).toEqual(['first', 'first', 'second', 'started', 'started']);
  });

  test('a refusal in endOn ends the run', async () => {
    const talk = await started('gives-up');
    await talk.skip('31 hours');
    expect(await talk.sequence('gives-up').result()).toBe('window closed');
  });

  test('a sequence that is started again in the turn that stopped it stays in the list of open ones', async () => {
    const talk = await started('patient');
    await talk.says('no, thanks');
    await talk.says('start patient');
    await talk.says('again no');
    expect(await talk.sequence('patient').result()).toBe('stopped by reply');
    expect((await talk.hears()).filter((text) => text === 'first')).toHaveLength(2);
  });
});

describe('sending', () => {
  test("waits for the end of the quiet hours of the sequence's time zone", async () => {
    // 22:00 in Tokyo is 13:00 by UTC; eight o'clock there is 23:00.
    const talk = await startTalk(PROBE, { startsAt: '13:00' });
    const { simulator } = talk.stage;
    simulator.setProfileAccess('names');
    onTestFinished(() => simulator.setProfileAccess('all'));
    await talk.says('start polite');
    await talk.skip('9 hours');
    expect(await talk.hears()).toEqual(['started']);
    await talk.skip('2 hours');
    expect(await talk.hears()).toEqual(['Good morning!']);
    expect(new Date(saidAt(talk, 'Good morning!')).toISOString()).toContain('T23:00');
  });

  test("uses the person's own time zone where it is known", async () => {
    const talk = await startTalk(PROBE, { startsAt: '13:00', person: { timezone: 1 } });
    await talk.says('start polite');
    expect(inAnyOrder(await talk.hears(2))).toEqual(['Good morning!', 'started']);
  });

  test('after the window is refused without a call of Meta', async () => {
    const talk = await started('late');
    const calls = talk.sends().length;
    await talk.skip('31 hours');
    expect(await talk.sequence('late').result()).toBe('finished; 1 send refused: window_closed');
    expect(await talk.hears()).toEqual(['started']);
    expect(talk.sends()).toHaveLength(calls);
    expect(talk.stage.warnings().join('')).toContain(
      'A message of sequence late did not go out (refused: window_closed)',
    );
    expect(await talk.transcript()).toEqual([
      'person: start late',
      'bot: started',
      'bot, not sent: too late (sequence late; refused: window_closed)',
    ]);
  });
});

describe('runs', () => {
  test('one run per person at a time', async () => {
    const talk = await started('nap first');
    await talk.says('start nap second');
    await talk.skip('2 hours');
    expect(await talk.hears()).toEqual(['started', 'already_running', 'nap over, "first"']);
    // The sequence has ended; its report reaches the conversation a moment later.
    await expect.poll(() => talk.attributes()).not.toHaveProperty('Sequences');
  });

  test('restart replaces the run that is under way', async () => {
    const talk = await started('again mug');
    await talk.skip('30 minutes');
    await talk.says('start again cup');
    await talk.skip('59 minutes');
    expect(await talk.hears()).toEqual(['started', 'started']);
    await talk.skip('2 minutes');
    expect(await talk.hears()).toEqual(['again cup']);
  });

  test('once allows one run for ever, also when the conversation was closed', async () => {
    const talk = await started('once');
    await talk.says('start once');
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    await talk.says('start once');
    await talk.says('hello');
    const answers = (await talk.hears()).filter((text) => text !== 'only once');
    expect(answers).toEqual(['started', 'already_running', 'already_ran', '4 hello']);
  });

  test('a new run uses the newest version, and a running one finishes on its own', async () => {
    const talk = await started('versioned');
    const { client } = talk.stage;
    const { workflowId } = talk.sequence('versioned');
    const run = client.workflow.getHandle(workflowId);
    const { typedSearchAttributes } = await run.describe();
    expect(typedSearchAttributes.get(sequencesKey)).toEqual(['versioned@2']);
    // Like runs that began before there were versions.
    const args = [{ conversation: talk.conversation, occasion: 'i0', contact: {} }];
    await client.workflow.start('versioned', { workflowId, taskQueue: TASK_QUEUE, args });
    expect(await run.result()).toBe('finished');
    expect(inAnyOrder(await talk.hears(3))).toEqual(['started', 'version 1', 'version 2']);
  });

  test('a sequence has activities of its own, each call with an idempotency key', async () => {
    const talk = await started('noter');
    expect(inAnyOrder(await talk.hears(2)).join()).toMatch(/^late [0-9a-f]{40},started$/);
    await talk.says('hello');
    expect(await talk.hears()).toContain('note heard');
  });

  test('tags reach the conversation, or the store when the conversation has closed', async () => {
    const talk = await started('tagger');
    expect(await talk.attributes()).toMatchObject({ Tags: ['in-sequence'] });
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    await talk.skip('2 days');
    expect(await talk.sequence('tagger').result()).toBe('finished');
    expect(await talk.stage.store.contacts.find(talk.conversation)).toMatchObject({ tags: ['through'] });
    await talk.says('hello');
    expect(await talk.attributes()).toMatchObject({ Tags: ['through'] });
  });

  test('a sequence that throws fails visibly, and its conversation is told', async () => {
    const talk = await started('thrower');
    expect(await talk.sequence('thrower').result()).toBe('failed: the sequence is broken');
    expect(await talk.sequence('thrower').status()).toBe('FAILED');
    // The sequence has ended; its report reaches the conversation a moment later.
    await expect.poll(() => talk.attributes()).not.toHaveProperty('Sequences');
    expect(talk.stage.warnings().join()).toContain('Sequence \\"thrower\\" failed');
    await talk.says('hello');
    expect((await talk.hears()).at(-1)).toBe('2 hello');
  });

  test('a sequence that loops for ever fails', async () => {
    const talk = await started('spinner');
    await talk.skip('2 minutes');
    expect(await talk.sequence('spinner').result()).toContain('It does too much at once');
  });

  test('a sequence fails after 20 messages without a wait', async () => {
    const talk = await started('chatterbox');
    expect(await talk.sequence('chatterbox').result()).toContain('It sends more than 20 messages without waiting');
    expect(await talk.hears()).toHaveLength(21);
  });

  test('a sequence that ends after its conversation closed is not listed when the person writes again', async () => {
    const talk = await started('long');
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    expect(await talk.sequence('long').status()).toBe('RUNNING');
    await talk.skip('2 days');
    expect(await talk.sequence('long').result()).toBe('finished');
    await talk.says('hello');
    expect((await talk.hears()).at(-1)).toBe('2 hello');
    // The sequence has ended; its report reaches the conversation a moment later.
    await expect.poll(() => talk.attributes()).not.toHaveProperty('Sequences');
  });

  test('starting an unknown sequence is an error of the plugin', async () => {
    const talk = await started('nobody-knows');
    expect(await talk.hears()).toEqual(['1 start nobody-knows']);
    expect(talk.stage.warnings().join()).toContain('There is no sequence');
  });

  test('a run whose sequence a deploy lacks waits for a deploy that has it', async () => {
    const talk = await started('nap mug');
    await talk.restartWorker('examples/shop/bot.ts');
    await talk.stage.client.workflow.getHandle(talk.sequence('nap').workflowId).signal('topic', { name: 'wake up' });
    expect(await talk.sequence('nap').status()).toBe('RUNNING');
    await talk.restartWorker();
    await talk.skip('2 hours');
    expect((await talk.hears()).at(-1)).toBe('nap over, "mug"');
  });
});
