/** Every cell of the first table in docs/policy.md, sent with our policy and without: policy and simulator must agree. */

import { describe, expect, test } from 'vitest';
import { SEND_KINDS, SITUATIONS, verdictOf, type SendKind, type Situation } from '../../scripts/policy-tables.ts';
import { turnSendId } from '../../src/domain/send-id.ts';
import { customerFeedback, utility } from '../../src/index.ts';
import { graphErrorRule } from '../../src/messenger/graph-errors/index.ts';
import type { OutboundMessage } from '../../src/messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../src/messenger/outbound/sayable.ts';
import { sendApiRequest, type SendClass } from '../../src/messenger/outbound/send-api.ts';
import { THUMBS_UP } from '../../src/messenger/outbound/sticker.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { ANA } from '../support/events.ts';
import { aGate, anEmptyGate, ANAS, isRetryError, TOKEN, type Gate } from './gate.ts';

const HOUR = 3_600_000;
const MESSAGES: Record<SendKind['messageClass'], OutboundMessage> = {
  ordinary: { text: 'Hello Ana' },
  sticker: { sticker_id: THUMBS_UP },
  utility: outboundMessage(utility('order_shipped', { order_id: 'A-77' })),
  feedback: outboundMessage(
    customerFeedback({
      title: 'How did we do?',
      subtitle: 'One question about your order',
      button: 'Rate us',
      question: {
        id: 'q1',
        type: 'csat',
        title: 'How happy are you?',
        score_label: 'neg_pos',
        score_option: 'five_stars',
      },
      privacyUrl: 'https://shop.example/privacy',
    }),
  ),
};

/** Brings Ana and the Page into a situation by events at Meta; where Meta posts no webhook, a first send is rejected. */
const ARRANGE: Record<Situation['id'], (gate: Gate) => unknown> = {
  open: ({ simulator }) => simulator.moveClock(ANAS, HOUR),
  'after a day': ({ simulator }) => simulator.moveClock(ANAS, 25 * HOUR),
  'after an ad': async (gate) => {
    gate.simulator.clicksAd(ANA);
    gate.simulator.says(ANA, 'is it still there?');
    await gate.simulator.waitForDeliveries();
    gate.simulator.moveClock(ANAS, 25 * HOUR);
  },
  'after a week': ({ simulator }) => simulator.moveClock(ANAS, 7 * 24 * HOUR),
  'never wrote': () => {},
  unavailable: (gate) => {
    gate.simulator.makeUnavailable(ANA);
    return gate.send({ sendId: `${ANAS}/first/0` });
  },
  'opted out': (gate) => gate.simulator.says(ANA, 'stop'),
  'other app': ({ simulator }) => simulator.setThreadOwner(ANA, 'other_app'),
  'page inbox': ({ simulator }) => simulator.setThreadOwner(ANA, 'page_inbox'),
  idle: ({ simulator }) => simulator.setThreadOwner(ANA, 'idle'),
  warned: ({ simulator }) => simulator.warnPage(),
  token: (gate) => {
    gate.simulator.expireToken();
    return gate.send({ sendId: `${ANAS}/first/0` });
  },
  restricted: ({ simulator }) => simulator.restrictPage(),
  'template paused': ({ simulator }) => simulator.setTemplateStatus({ name: 'order_shipped' }, 'PAUSED'),
};

/** The class of Meta's error where we refuse or hold. */
const META_CLASSES: Readonly<Record<string, string>> = {
  window_closed: 'window_closed',
  window_uncertain: 'window_closed',
  never_wrote: 'window_closed',
  person_unavailable: 'person_unavailable',
  thread_owner: 'thread_owner',
  token_invalid: 'token_invalid',
  restricted: 'policy',
  template_not_approved: 'bad_request',
};

async function aGateIn(situation: Situation): Promise<Gate> {
  const gate = await (situation.id === 'never wrote' ? anEmptyGate() : aGate());
  if (situation.id === 'never wrote') gate.simulator.addPerson({ psid: ANA });
  gate.simulator.approveTemplate({ name: 'order_shipped', body: 'Your order {{order_id}} is on its way.' });
  await ARRANGE[situation.id](gate);
  await gate.simulator.waitForDeliveries();
  return gate;
}

describe.each(SITUATIONS)('$title', (situation) => {
  test('every kind of send', async () => {
    const gate = await aGateIn(situation);

    for (const [ordinal, sendKind] of SEND_KINDS.entries()) {
      const expected = verdictOf(situation, sendKind);
      // First without our policy: a rejection changes nothing at Meta.
      const metaAnswer = await askMeta(gate, sendKind, expected);
      const gateAnswer = await askGate(gate, sendKind, ordinal);

      expect({ kind: sendKind.title, gateAnswer, metaAnswer }).toEqual({
        kind: sendKind.title,
        gateAnswer: describeVerdict(expected),
        metaAnswer: expected.status === 'allowed' || isOurs(expected) ? 'accepted' : META_CLASSES[expected.reason],
      });
    }
  });
});

/** A rule of ours that Meta does not enforce. */
function isOurs(answer: Verdict): boolean {
  return answer.status === 'refused' && answer.reason === 'opted_out';
}

function describeVerdict(answer: Verdict): string {
  return answer.status === 'allowed' ? Object.values(answer.sendClass).join(' ') : answer.reason;
}

/** With our policy: the send class, or the reason against it. */
async function askGate(gate: Gate, { author, purpose, messageClass }: SendKind, ordinal: number): Promise<string> {
  const request = { sendId: turnSendId(ANAS, 'cell', ordinal), author, purpose, message: MESSAGES[messageClass] };
  const attempt = await gate.send(request);
  if (attempt.status === 'refused') return attempt.reason;
  if (attempt.status === 'sent') return lastSendClass(gate) ?? 'nothing';
  const later: unknown = await gate.send({ ...request, phase: 'durable' }).catch((error: unknown) => error);
  return isRetryError(later) ? later.type : JSON.stringify(later);
}

/** The send class of the last request to Meta. */
function lastSendClass({ simulator }: Gate): string | undefined {
  return simulator.thread(ANA).timeline.findLast(({ kind }) => kind === 'sent')?.send?.how;
}

/** Without our policy: Meta's answer to the send class of the verdict, or to the usual one where there is none. */
async function askMeta({ graphUrl, simulator }: Gate, sendKind: SendKind, expected: Verdict): Promise<string> {
  const sendClass: SendClass = expected.status === 'allowed' ? expected.sendClass : usualClass(sendKind);
  const part = { message: MESSAGES[sendKind.messageClass] };
  const body = sendApiRequest({ id: ANA }, sendClass, part, 'past the gate');
  const answer = await fetch(`${graphUrl}/v25.0/me/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as { error?: { code: number; error_subcode?: number } };
  await simulator.waitForDeliveries();
  return json.error ? graphErrorRule(json.error.code, json.error.error_subcode).class : 'accepted';
}

function usualClass({ purpose, messageClass }: SendKind): SendClass {
  if (messageClass === 'utility') return { messaging_type: 'UTILITY' };
  return { messaging_type: purpose === 'reply' ? 'RESPONSE' : 'UPDATE' };
}
