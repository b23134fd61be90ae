import { describe, expect, test } from 'vitest';
import type { ConversationView } from '../../../src/workflows/contract/index.ts';
import { targets } from '../../store/targets.ts';
import { aPostback, aText } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';
import { NO_TEMPORAL } from './no-temporal.ts';

const OTHER_PAGE = '104857600999999';
const PATH = `/api/v1/conversations/${ANA_ID}/turns`;

describe.each(targets)('turns on $name', (target) => {
  test('the last turns say what each part of the bot answered, with the ids of the messages around them', async () => {
    const turns: NonNullable<ConversationView['turns']>[number][] = [];
    const view = async () => ({ sequences: [], progress: [], turns });
    const { store, call, tables } = await anOperatorApp({ workflows: { ...NO_TEMPORAL, view } }, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const ofOther = await anOperator(store, { name: 'other', role: 'admin', pages: [OTHER_PAGE] });
    const at = Date.now() - 60_000;
    await stored(store, aText('Hello', { at, mid: 'm_1' }), aText('there', { at: at + 1, mid: 'm_2' }));
    await stored(store, aPostback('MENU', { at: at + 2, mid: 'm_tap' }));
    const [first = 0, second = 0, tap = 0] = (
      await tables.selectFrom('inbox').select('id').orderBy('id').execute()
    ).map(({ id }) => Number(id));
    turns.push(
      {
        events: [first, second],
        at: at + 20,
        answers: ['onMessage failed welcome', 'onMessage handled faq', 'sequence started sequence spring-offer'],
      },
      // Of an event that retention has deleted, and with an answer of a version to come.
      { events: [tap, 999_999], at: at + 30, answers: ['onPostback dreamt menu', 'turn silent operator Ada'] },
    );

    const { status, body } = await call(PATH, { token });

    expect([status, body.missing]).toEqual([200, null]);
    const [newest, oldest] = body.items;
    expect(newest).toMatchObject({
      id: `i${tap}`,
      sends: `${ANA_ID}/i${tap}/`,
      events: [{ id: `i${tap}`, kind: 'postback', messageId: null }],
      answers: [{ who: 'operator Ada', answer: 'silent', words: 'operator Ada answers, so that the bot was silent.' }],
    });
    expect(oldest.at).toBe(new Date(at + 20).toISOString());
    expect(oldest.events.map(({ messageId }: { messageId: string }) => messageId)).toEqual(['m_1', 'm_2']);
    expect(oldest.answers).toEqual([
      {
        hook: 'onMessage',
        who: 'welcome',
        answer: 'failed',
        words: 'welcome failed; what it did besides sending was undone (onMessage).',
      },
      expect.objectContaining({ who: 'faq', answer: 'handled' }),
      { hook: 'sequence', who: 'sequence spring-offer', answer: 'started', words: 'sequence spring-offer started.' },
    ]);
    const messages = (await call(PATH.replace('turns', 'messages'), { token })).body.items;
    expect(messages.map(({ id }: { id: string }) => id)).toEqual(['m_2', 'm_1']);
    expect((await call(PATH, { token: ofOther })).status).toBe(404);
  });

  test('while Temporal is away, the answer says what is missing', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    await stored(store, aText('Hello'));

    const { status, body } = await call(PATH, { token: await anOperator(store, { role: 'viewer' }) });

    expect(status).toBe(200);
    expect(body).toEqual({ items: [], missing: expect.stringContaining('did not answer within a second') });
  });
});
