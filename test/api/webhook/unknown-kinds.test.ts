/** What nobody knew when this was written is kept as Meta sent it, counted, and wakes nobody. */

import { expect, test } from 'vitest';
import { ANA, PAGE, signed, START } from '../../support/events.ts';
import { anApp, SECRET } from '../an-app.ts';

const ends = { sender: { id: ANA }, recipient: { id: PAGE }, timestamp: START };

test.each([
  ['unknown', 'messaging', { ...ends, thread_theme: { color: 'blue', depth: { id: 7 } } }],
  ['unknown', 'standby', { ...ends, thread_theme: { color: 'blue' } }],
  ['unknown', 'threads', { id: 't_1' }],
  ['malformed', 'messaging', { message: 'TEST_MESSAGE' }],
  ['change', 'changes', { field: 'message_context', value: { strange: true } }],
  ['change', 'changes', { field: 'brand_new_field', value: 'x' }],
])('an item that is %s in %s[]: %j', async (kind, array, item) => {
  const { app, tables, woken, shownMetrics } = await anApp();
  const body = { object: 'page', entry: [{ id: PAGE, time: START, [array]: [item] }] };
  const answer = await app.inject({ method: 'POST', url: '/webhook', ...signed(body, SECRET) });
  expect(answer.statusCode).toBe(200);

  const kept = await tables.selectFrom('inbox').select(['kind', 'status', 'raw_json']).execute();
  expect(kept.map((row) => [row.kind, row.status])).toEqual([[kind, 'stored']]);
  const raw: unknown = JSON.parse(kept[0]!.raw_json);
  // An array that nobody knows is kept with its entry.
  expect(raw).toEqual(array === 'threads' ? body.entry[0] : item);
  expect(await shownMetrics()).toContain(`everthread_events_total{kind="${kind}"} 1`);
  expect(woken).toEqual([]);
});
