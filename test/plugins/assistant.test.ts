/** The assistant plugin: a real provider package against an API on localhost. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startLanguageModel, type LanguageModelServer } from '../support/language-model.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/assistant/bot.ts';
let model: LanguageModelServer;

beforeAll(async () => {
  model = await startLanguageModel();
  // Read when the worker loads `activities.ts`.
  process.env['STAND_IN_URL'] = model.url;
});
beforeEach(() => model.willSay('Yes, in *blue*.'));
afterAll(() => model.stop());

const asked = () => model.requests.at(-1)!;

describe('assistant', () => {
  test('answers what no plugin handled, with the conversation as context, and shows the typing indicator', async () => {
    const talk = await startTalk(BOT, { person: { locale: 'pt_PT' } });
    await talk.says('Hello');
    await talk.says('What are your hours?');
    await talk.says('Do you have mugs?');
    model.willSay('**Yes**, see [our shop](https://shop.example/mugs).\n\n- blue\n- red');
    await talk.says('Which ones?');
    expect(await talk.hears()).toEqual([
      'Yes, in *blue*.',
      'From 9 to 5.',
      'Yes, in *blue*.',
      'Yes, see our shop (https://shop.example/mugs).\n\n• blue\n• red',
    ]);
    expect(asked()).toMatchObject({ model: 'model-1', max_tokens: 100 });
    const [system, ...messages] = asked().messages;
    expect(system).toMatchObject({ role: 'system', content: expect.stringContaining('We sell mugs.') });
    expect(messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: Hello',
      'assistant: Yes, in *blue*.',
      'user: What are your hours?',
      'assistant: From 9 to 5.',
      'user: Do you have mugs?',
      'assistant: Yes, in *blue*.',
      'user: Which ones?',
    ]);
    expect(talk.sends().filter(({ send }) => send?.how === 'typing_on')).toHaveLength(3);
  });

  test('knows that a colleague answered, what the note says, and which words were theirs', async () => {
    const talk = await startTalk(BOT);
    await talk.says('Do you have mugs?');
    await talk.takesOver({ reason: 'a question', operator: { name: 'Mia' } });
    expect(await talk.operatorWrites('I put a red one aside for you.')).toBe('sent');
    await talk.givesBack({ operator: { name: 'Mia' }, note: 'Red mug is put aside until Friday.' });
    model.willSay('[colleague] Until Friday.');
    await talk.says('Until when?');
    expect((await talk.hears()).at(-1)).toBe('Until Friday.');
    const [system, ...messages] = asked().messages;
    expect(system?.content).toContain(
      'A colleague has served this person, and left the conversation to you 0 minutes ago.',
    );
    expect(system?.content).toContain('Red mug is put aside until Friday.');
    expect(messages.map(({ content }) => content)).toEqual([
      'Do you have mugs?',
      'Yes, in *blue*.\n[colleague] I put a red one aside for you.',
      'Until when?',
    ]);
    await talk.skip('25 hours');
    await talk.says('Hello again');
    expect(asked().messages[0]?.content).not.toContain('Friday');
  });

  test('is told nothing of a colleague when none answered and the time is up', async () => {
    const talk = await startTalk(BOT);
    await talk.says('Do you have mugs?');
    await talk.takesOver({ reason: 'a question', forMs: 3_600_000 });
    await talk.skip('2 hours');
    await talk.says('Hello?');
    expect(asked().messages[0]?.content).not.toContain('colleague');
  });

  test('leaves unknown answers, long messages and messages without text to the fallback', async () => {
    const talk = await startTalk(BOT);
    model.willSay('NO_ANSWER');
    await talk.says('What is the weather?');
    const { length } = model.requests;
    await talk.says('x'.repeat(101));
    expect(await talk.hears()).toEqual(['Sorry?', 'Sorry?']);
    expect(model.requests).toHaveLength(length);
  });

  test('limits the questions of each person per day', async () => {
    const talk = await startTalk(BOT);
    for (let count = 1; count <= 7; count += 1) await talk.says(`Question ${count}`);
    expect((await talk.hears()).slice(-2)).toEqual(['Yes, in *blue*.', 'Sorry?']);
    await talk.skip('24 hours');
    await talk.says('And today?');
    expect(await talk.hears()).toEqual(['Yes, in *blue*.']);
  });

  test('cuts a long answer after a sentence', async () => {
    const talk = await startTalk(BOT);
    model.willSay(`${'A sentence of thirty characters. '.repeat(5)}`);
    await talk.says('Tell me a story');
    expect(await talk.hears()).toEqual(['A sentence of thirty characters. A sentence of thirty characters.']);
  });

  test("still answers others when the provider rejects one person's question", async () => {
    const talk = await startTalk(BOT);
    model.willSay(400, 400, 400, 'Yes.');
    await talk.says('One', 'Two', 'Three');
    const other = await startTalk(BOT);
    await other.says('Do you have mugs?');
    expect(await other.hears()).toEqual(['Yes.']);
  });

  // The last one: it leaves the model alone for a while.
  test('uses the fallback when the model fails or is silent, and then opens the circuit breaker', async () => {
    const talk = await startTalk(BOT);
    const before = model.requests.length;
    model.willSay(401, 401, 'silence');
    await talk.says('One');
    await talk.says('Two');
    await talk.says('Three');
    expect(await talk.hears()).toEqual(['Sorry?', 'Sorry?', 'Sorry?']);
    expect(model.requests.length - before).toBe(3);
    model.willSay('I am back.');
    await talk.says('Four');
    expect(await talk.hears()).toEqual(['Sorry?']);
    expect(model.requests.length - before).toBe(3);
    expect(reasons(talk)).toEqual([
      'AI_APICallError 401',
      'AI_APICallError 401',
      'TimeoutError',
      'paused after failures',
    ]);
    expect(talk.stage.warnings().join()).not.toContain('sk-invented');
  });
});

function reasons(talk: Talk): unknown[] {
  return talk.stage
    .warnings()
    .map((line) => JSON.parse(line) as { msg?: string; reason?: string; workflowId?: string })
    .filter(({ msg, workflowId }) => msg === 'The assistant has no answer' && workflowId === talk.conversation)
    .map(({ reason }) => reason);
}
