/** What people do reaches other systems: a real Temporal, a real receiver, and Slack's stand-in. */

import { expect, test, vi } from 'vitest';
import { startTalk, type Talk } from '../support/talk.ts';
import { addDestination, PATIENCE } from './a-relay.ts';
import { aReceiver, type Receiver } from './receiver.ts';

const BOT = 'test/support/bots/probe/bot.ts';

async function aTalkHeardBy(receiver: Receiver, name: string, topics: readonly string[]): Promise<Talk> {
  const talk = await startTalk(BOT);
  await addDestination(talk.stage.store, { name, url: receiver.url, topics });
  return talk;
}

interface Posted {
  readonly type: string;
  readonly data: { readonly conversation: string; readonly data?: unknown; readonly reason?: string };
}

const postsOf = ({ received }: Receiver, { conversation }: Talk) =>
  received.map(({ body }) => JSON.parse(body) as Posted).filter(({ data }) => data.conversation === conversation);

test('a person asks for an operator, and a channel of Slack hears of it', async () => {
  const slack = await aReceiver();
  const talk = await startTalk(BOT);
  const secret = await addDestination(talk.stage.store, {
    name: 'slack',
    url: slack.url,
    format: 'slack',
    topics: ['handoff', 'handoff.unanswered'],
  });
  await talk.says('hello');
  await talk.hears(1);
  await talk.says('hand');
  await talk.hears(1);
  await vi.waitUntil(() => slack.received.length > 0, PATIENCE);

  expect(secret).toBe('');
  const [{ headers, body }] = slack.received as [Receiver['received'][number]];
  expect(headers).not.toHaveProperty('webhook-signature');
  const { text } = JSON.parse(body) as { text: string };
  expect(text).toMatch(/^\*.+\* waits for an operator: asked\.\n`messenger:/);

  // Time is the person's own.
  await talk.skip('16 minutes');
  await vi.waitUntil(() => slack.received.length > 1, PATIENCE);
  expect(slack.received[1]?.body).toContain('still waits for an operator');
});

test('topics of the bot arrive in order with the rest of what happens to the person, once, also when the worker restarts', async () => {
  const receiver = await aReceiver();
  const talk = await aTalkHeardBy(receiver, 'all', ['order.*', 'opt-out', 'lead.created', 'handoff.*', 'handoff']);
  await talk.says('emit order.placed twelve');
  await talk.says('emit other');
  await talk.says('leads big');
  await talk.stage.restartWorker();
  await talk.says('emit order.paid');
  await talk.says('hand');
  await talk.says('stop');
  await talk.settles();
  await vi.waitUntil(() => postsOf(receiver, talk).length >= 5, PATIENCE);

  const posts = postsOf(receiver, talk);
  expect(posts.filter(({ type }) => type !== 'opt-out').map(({ type }) => type)).toEqual([
    'order.placed',
    'lead.created',
    'order.paid',
    'handoff',
  ]);
  expect(posts[0]?.data.data).toBe('twelve');
  // Stored with the message, before its turn.
  expect(posts.filter(({ type }) => type === 'opt-out')).toHaveLength(1);
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(ids.length);
});
