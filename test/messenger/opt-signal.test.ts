import { expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { optSignalOf } from '../../src/messenger/inbound/opt-signal.ts';
import { aText, webhookBody } from '../support/events.ts';
import { fixtureBytes } from '../support/fixtures.ts';

function wishIn(body: object): string | undefined {
  const [delivered] = decodeWebhook(body) ?? [];
  return delivered && optSignalOf(delivered.event);
}

function recorded(name: string): object {
  return JSON.parse(fixtureBytes(name).toString()) as object;
}

test.each([
  ['stop', 'stop'],
  ['STOP!!', 'stop'],
  ['  Unsubscribe. ', 'stop'],
  ['Stopp', 'stop'],
  ['Arrêter', 'stop'],
  ['désabonner', 'stop'],
  ['cancelar inscrição', 'stop'],
  ['Стоп', 'stop'],
  ['إلغاء الاشتراك', 'stop'],
  ['停止', 'stop'],
  ['बंद करें', 'stop'],
  ['수신거부', 'stop'],
  ['Start', 'start'],
  ['começar', 'start'],
  ['शुरू करें', 'start'],
  ['Where is the bus stop?', undefined],
  ['stop talking about the weather', undefined],
  ['start with the prices', undefined],
  ['', undefined],
  ['!!!', undefined],
  [`stop${' '.repeat(100)}`, undefined],
])('"%s": %s', (text, wish) => {
  expect(wishIn(webhookBody(aText(text)))).toBe(wish);
});

test('a tapped quick reply is no opt signal', () => {
  expect(wishIn(webhookBody(aText('Stop', { quickReply: 'STOP_THE_GAME' })))).toBeUndefined();
});

test("Meta's opt-out of a notification topic is an opt signal, an opt-in is none", () => {
  expect(wishIn(recorded('optin-stop'))).toBe('stop');
  expect(wishIn(recorded('optin-marketing'))).toBeUndefined();
});
