/** Messages for Slack: what people see, and that nothing of a person mentions a channel or links anywhere. */

import { expect, test } from 'vitest';
import { OWN_TOPICS } from '../../src/domain/outgoing-event.ts';
import { writePost, type PostedEvent } from '../../src/outbox/write-post.ts';
import { PAGE, START } from '../support/events.ts';
import { ANAS } from './a-relay.ts';

const slack = (topic: string, data: object, rest: Partial<PostedEvent> = {}) => {
  const body = writePost({ topic, conversation: ANAS, pageId: PAGE, at: START, data, ...rest }, 'slack');
  return (JSON.parse(body) as { text: string }).text;
};

test.each([
  [
    'handoff',
    { reason: 'the person asked for one', name: 'Ana Silva' },
    '*Ana Silva* waits for an operator: the person asked for one.',
  ],
  [
    'handoff.unanswered',
    { waitingSince: '2026-10-06T12:00:00.000Z', name: null },
    '*Somebody* still waits for an operator, since 2026-10-06T12:00:00.000Z.',
  ],
  ['handoff.taken', { by: 'Mia', name: 'Ana' }, 'Mia answers *Ana*.'],
  [
    'lead.created',
    { form: 'booking', fields: { email: 'ana@shop.example' } },
    'A new lead in the form *booking*:\nemail: ana@shop.example',
  ],
  ['order.placed', { data: { total: 12 } }, '*order.placed* {"data":{"total":12}}'],
])('%s', (topic, data, text) => {
  expect(slack(topic, data)).toBe(`${text}\n\`${ANAS}\``);
});

test('an event about a Page', () => {
  const about = { reason: 'token_invalid', code: '190' };
  const { conversation: _, ...page } = { conversation: undefined, pageId: PAGE, at: START };
  expect(writePost({ topic: 'circuit-breaker.opened', conversation: undefined, ...page, data: about }, 'slack')).toBe(
    JSON.stringify({ text: `Nothing is sent for Page ${PAGE}: token_invalid (190). everthread doctor has the cure.` }),
  );
});

test.each([...OWN_TOPICS, '<!channel>'])('what people wrote mentions nobody in %s', (topic) => {
  const evil = '<!channel> <https://evil.example|click> &lt;';
  const text = slack(topic, { name: evil, reason: evil, by: evil, form: evil, fields: { [evil]: evil }, data: evil });
  expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
});

test('nor where Mattermost and Rocket.Chat read the message: an @ begins no mention, and Markdown hides no address', () => {
  const evil = '@channel (@all) _@here a.@all [Your bank](https://evil.example) ![](https://evil.example/1.png)';
  const text = slack('lead.created', { form: 'booking', fields: { text: evil, email: 'ana@shop.example' } });
  expect(text).not.toMatch(/@(?:channel|all|here)|\]\(/);
  expect(text).toContain('email: ana@shop.example');
});

test('a text is cut between characters', () => {
  const text = slack('order.placed', { data: `x${'🎂'.repeat(2000)}` });
  expect(text).not.toMatch(/\p{Cs}/u);
});

test('a bot that emits much makes no message that Slack cuts in the middle of an escape', () => {
  const text = slack('order.placed', { data: '&'.repeat(50_000) });
  expect(text.length).toBeLessThan(11_000);
  expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
});
