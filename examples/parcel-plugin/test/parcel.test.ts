import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pluginContract, simulate } from 'everthread/testing';
import { parcel } from '../src/index.ts';
import { startCarrier } from './carrier.ts';

const places = new Map<string, string>();
let carrier: Awaited<ReturnType<typeof startCarrier>>;
before(async () => void (carrier = await startCarrier(places)));
after(() => carrier.close());

const standIn = { activities: { findParcel: async () => 'Porto' } };
for (const { name, run } of pluginContract(() => parcel(), { steps: ['PT1234', 'and now?'], ...standIn }))
  test(name, run);

test('says where a parcel is, and where it is by then', async () => {
  places.set('PT1234', 'Lisbon');
  const talk = await simulate('test/bot.ts');
  await talk.says('hello');
  await talk.says('Where is pt1234?');
  assert.deepEqual(talk.heard(), ['What is the number of your parcel?', 'PT1234 is in Lisbon.']);

  places.set('PT1234', 'Porto');
  await talk.skip('3 days');
  await talk.says('And now?');
  await talk.says('and PT9999?');
  assert.deepEqual(talk.heard(), ['PT1234 is in Porto.', 'Nobody knows a parcel PT9999.']);
});

test('says that the carrier does not answer', async () => {
  places.clear();
  const talk = await simulate('test/bot.ts');
  await talk.says('PT1234');
  assert.deepEqual(talk.heard(), ['The carrier does not answer. Ask me "and now?" in a while.']);
});
