import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { createThreadControl } from '../../src/activities/thread-control.ts';
import type { SenderActionAnswer, ThreadControlCall } from '../../src/graph/graph-client.ts';
import type { ThreadControlRequest } from '../../src/index.ts';
import { ANA, OUR_APP, PAGE, PAGE_INBOX_APP, START } from '../support/events.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;

function withAnswer(answer: SenderActionAnswer, appId?: string) {
  const asked: ThreadControlCall[] = [];
  const owners: string[] = [];
  const control = createThreadControl({
    store: { eligibility: { markOwner: async (_: string, owner: string) => void owners.push(owner) } as never },
    graph: {
      async controlThread(_pageId, wanted) {
        asked.push(wanted);
        return answer;
      },
    },
    clock: { now: () => START },
    log: { info: () => {} },
    appId,
  });
  return { asked, owners, control };
}

test.each<[string, ThreadControlRequest, object, string[]]>([
  ['pass, to the inbox', { action: 'pass' }, { action: 'pass', targetAppId: PAGE_INBOX_APP }, [PAGE_INBOX_APP]],
  ['pass, to an app', { action: 'pass', appId: '69' }, { action: 'pass', targetAppId: '69' }, ['69']],
  ['take', { action: 'take' }, { action: 'take' }, [OUR_APP]],
  ['release', { action: 'release' }, { action: 'release' }, ['idle']],
  ['request, which changes nothing yet', { action: 'request' }, { action: 'request' }, []],
])('%s', async (_, request, asks, owners) => {
  const talk = withAnswer({ status: 'accepted' }, OUR_APP);
  expect(await talk.control(ANAS, request)).toEqual({ status: 'done' });
  expect(talk.asked).toEqual([{ ...asks, psid: ANA }]);
  expect(talk.owners).toEqual(owners);
});

test('an Instagram thread passes to Instagram’s inbox; an app whose own id is unknown may write', async () => {
  const talk = withAnswer({ status: 'accepted' });
  await talk.control(`instagram:${PAGE}:${ANA}`, { action: 'pass' });
  await talk.control(ANAS, { action: 'take' });
  expect(talk.owners).toEqual(['1217981644879628', 'idle']);
});

test('a final refusal of Meta is the outcome, and nothing is recorded', async () => {
  const talk = withAnswer({ status: 'refused', error: { code: 10, error_subcode: 2018300, message: 'Not the owner' } });
  expect(await talk.control(ANAS, { action: 'take' })).toEqual({ status: 'refused', code: 'thread_owner' });
  expect(talk.owners).toEqual([]);
});

test.each<[string, SenderActionAnswer]>([
  ['no answer', { status: 'no_answer', outcome: 'timeout_before_response' }],
  ['an outage', { status: 'refused', error: { code: 2, message: 'Service temporarily unavailable' } }],
])('%s is retried by Temporal', async (_, answer) => {
  const talk = withAnswer(answer);
  await expect(talk.control(ANAS, { action: 'take' })).rejects.toThrow(ApplicationFailure);
  expect(talk.owners).toEqual([]);
});
