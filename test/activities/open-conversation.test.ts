import type { Client } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { createOpenConversation } from '../../src/activities/open-conversation.ts';
import { conversationId } from '../../src/domain/conversation-id.ts';
import { createGraphClient } from '../../src/graph/graph-client.ts';
import { ANA, PAGE } from '../support/events.ts';
import { aGate, TOKEN } from './gate.ts';

const DAY = 86_400_000;
const conversation = conversationId({ channel: 'messenger', pageId: PAGE, psid: ANA });
const KNOWN = { firstName: 'Ana', lastName: 'Sousa', locale: 'pt_PT', timeZone: 'Etc/GMT-1' };

test('the profile of a new person is fetched from Meta and stored for a week', async () => {
  const { opens, asked, gate } = await aDoor();
  expect(await opens()).toEqual({ contact: KNOWN });
  expect(await opens()).toEqual({ contact: KNOWN });
  expect(asked()).toBe(1);
  gate.simulator.moveClock(conversation, 7 * DAY);
  await opens();
  expect(asked()).toBe(2);
});

test('an app that may read names only gets the names', async () => {
  const { opens, asked, gate } = await aDoor();
  gate.simulator.setProfileAccess('names');
  expect(await opens()).toEqual({ contact: { firstName: 'Ana', lastName: 'Sousa' } });
  expect(asked()).toBe(2);
});

test('an app that may read no field stores nothing, and does not ask again for a week', async () => {
  const { opens, asked, gate } = await aDoor();
  gate.simulator.setProfileAccess('none');
  expect(await opens()).toEqual({ contact: {} });
  await opens();
  expect(asked()).toBe(1);
});

test('after a refusal Meta is asked again in an hour, and the log says why', async () => {
  const { opens, asked, gate } = await aDoor();
  gate.simulator.expireToken();
  expect(await opens()).toEqual({ contact: {} });
  await opens();
  expect(asked()).toBe(2);
  expect(gate.lines.join()).toContain('Meta refuses the profile of a person');
  gate.simulator.moveClock(conversation, 3_600_000);
  await opens();
  expect(asked()).toBe(4);
});

test('when Meta does not answer, the conversation opens without a name, and the next opening asks again', async () => {
  const { opens, gate } = await aDoor({ graphUrl: 'http://127.0.0.1:9/graph' });
  expect(await opens()).toEqual({ contact: {} });
  expect(await gate.store.contacts.find(conversation)).not.toHaveProperty('profileDueAt');
});

test('Meta is not asked when the setting is off', async () => {
  const { opens, asked } = await aDoor({ asksForProfile: false });
  expect(await opens()).toEqual({ contact: {} });
  expect(asked()).toBe(0);
});

interface DoorOptions {
  readonly asksForProfile?: boolean;
  readonly graphUrl?: string;
}

/** Ana has written, and her conversation opens; `asked` counts the calls to Meta. */
async function aDoor({ asksForProfile = true, graphUrl }: DoorOptions = {}) {
  const gate = await aGate();
  const client = createGraphClient({
    url: graphUrl ?? gate.graphUrl,
    version: 'v25.0',
    accessToken: () => TOKEN,
  });
  onTestFinished(() => client.close());
  let calls = 0;
  const open = createOpenConversation({
    store: gate.store,
    clock: gate.simulator.clock,
    client: {} as Client,
    log: gate.log,
    asksForProfile,
    graph: { ...client, userProfile: (...call) => ((calls += 1), client.userProfile(...call)) },
  });
  const opens = async () => {
    const { snapshot, ...found } = await open(conversation);
    expect(snapshot).toBeUndefined();
    return found;
  };
  return { gate, opens, asked: () => calls };
}
