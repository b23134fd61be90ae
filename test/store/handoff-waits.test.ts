import { describe, expect, test } from 'vitest';
import type { ConversationId } from '../../src/domain/conversation-id.ts';
import { ANA, BEN, PAGE } from '../support/events.ts';
import { anEmptyStore, targets } from './targets.ts';

const ANAS: ConversationId = `messenger:${PAGE}:${ANA}`;
const BENS: ConversationId = `messenger:${PAGE}:${BEN}`;
const reason = 'asked';

describe.each(targets)('waits for operators on $name', (target) => {
  test('begin once, and end when an operator comes or the bot goes on; late changes change nothing', async () => {
    const { store, tables } = await anEmptyStore(target);
    for (const [state, at] of [
      ['waiting', 10],
      ['waiting', 20],
      ['operator', 30],
      ['waiting', 25],
      ['operator', 30],
      ['bot', 40],
      ['waiting', 50],
      ['bot', 60],
      ['waiting', 70],
    ] as const)
      await store.handoffs.record(ANAS, { state, at, reason });
    await store.handoffs.record(BENS, { state: 'operator', at: 10, reason });

    const rows = await tables
      .selectFrom('handoff_waits')
      .select(['conversation', 'since', 'ended_at', 'ended_by'])
      .orderBy('since')
      .execute();

    expect(rows).toEqual([
      { conversation: ANAS, since: 10, ended_at: 30, ended_by: 'operator' },
      { conversation: ANAS, since: 50, ended_at: 60, ended_by: 'bot' },
      { conversation: ANAS, since: 70, ended_at: null, ended_by: null },
    ]);
  });
});
