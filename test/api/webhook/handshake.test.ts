import { expect, test } from 'vitest';
import { anApp, VERIFY_TOKEN } from '../an-app.ts';

const right = { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '1158201444' };

test('Meta gets its challenge back, bare and as text', async () => {
  const { app } = await anApp();

  const answer = await app.inject({ url: '/webhook', query: right });

  expect(answer.statusCode).toBe(200);
  expect(answer.body).toBe('1158201444');
  expect(answer.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
});

test('a challenge that looks like a page stays text', async () => {
  const { app } = await anApp();

  const answer = await app.inject({
    url: '/webhook',
    query: { ...right, 'hub.challenge': '<script>alert(1)</script>' },
  });

  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
});

test.each([
  ['nothing at all', {}],
  ['no mode', { ...right, 'hub.mode': '' }],
  ['another mode', { ...right, 'hub.mode': 'unsubscribe' }],
  ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1' }],
  ['an empty token', { ...right, 'hub.verify_token': '' }],
  ['a wrong token', { ...right, 'hub.verify_token': 'guess' }],
  ['the token and more', { ...right, 'hub.verify_token': `${VERIFY_TOKEN} ` }],
  ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN }],
  ['two tokens', { ...right, 'hub.verify_token': [VERIFY_TOKEN, VERIFY_TOKEN] }],
  ['two challenges', { ...right, 'hub.challenge': ['1', '2'] }],
  ['two modes', { ...right, 'hub.mode': ['subscribe', 'subscribe'] }],
  ['keys that are no keys', { '__proto__.hub.mode': 'subscribe', constructor: 'x' }],
])('%s: 403, and nothing of it is repeated', async (_, query) => {
  const { app, lines } = await anApp();

  const answer = await app.inject({ url: '/webhook', query: query as Record<string, string | string[]> });

  expect(answer.statusCode).toBe(403);
  expect(answer.body).toBe('hub.mode or hub.verify_token does not match');
  expect(JSON.stringify(lines)).not.toContain(VERIFY_TOKEN);
});

test('a server without a verify token accepts nobody, not even an empty one', async () => {
  const { app } = await anApp({ verifyToken: '' });

  expect((await app.inject({ url: '/webhook', query: { ...right, 'hub.verify_token': '' } })).statusCode).toBe(403);
});
