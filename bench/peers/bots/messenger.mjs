/** What the peers' bots share: the webhook of an Express app, and the call of the Send API. Their settings are in the environment. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { Agent, request } from 'undici';

const { ACCESS_TOKEN, APP_SECRET, GRAPH_URL, PAGE_ID, PORT } = process.env;
const dispatcher = new Agent({ connections: 64, pipelining: 1 });

/**
 * Serves `POST /webhook` on `PORT`: verifies the signature, and answers 200 when `accept` has resolved for the messages of
 * the body. Other events are acknowledged and ignored. Prints "Accepting webhooks" when it listens.
 */
export function serveWebhook(accept) {
  const app = express();
  app.post('/webhook', express.raw({ type: 'application/json' }), async (req, res) => {
    if (!isSigned(req)) return res.sendStatus(401);
    await accept(readTexts(JSON.parse(req.body.toString())));
    return res.send('EVENT_RECEIVED');
  });
  app.listen(Number(PORT), '127.0.0.1', () => console.log('Accepting webhooks'));
}

/** Answers one message. Throws when the Graph API refuses or cannot be reached. */
export async function answer({ psid, mid, text }) {
  const { statusCode, body } = await request(`${GRAPH_URL}/v25.0/${PAGE_ID}/messages`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ACCESS_TOKEN}` },
    body: JSON.stringify({
      recipient: { id: psid },
      messaging_type: 'RESPONSE',
      message: { text: `You said: ${text}`, metadata: `${mid}/0` },
    }),
  });
  const result = await body.json();
  if (statusCode !== 200) throw new Error(`The Graph API answered ${statusCode}: ${JSON.stringify(result)}`);
  return result.message_id;
}

function isSigned(req) {
  const signature = Buffer.from(req.get('x-hub-signature-256') ?? '');
  const expected = Buffer.from(`sha256=${createHmac('sha256', APP_SECRET).update(req.body).digest('hex')}`);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function readTexts({ entry }) {
  return entry
    .flatMap(({ messaging = [] }) => messaging)
    .filter(({ message }) => message?.text !== undefined && !message.is_echo)
    .map(({ sender, message }) => ({ psid: sender.id, mid: message.mid, text: message.text }));
}
