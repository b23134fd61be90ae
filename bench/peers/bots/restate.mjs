/**
 * Express and Restate: a message is an invocation in Restate's log before it is acknowledged, with the message id as
 * idempotency key, so that a message that Meta delivers again is one invocation. A person is a virtual object, whose
 * invocations run one after the other; the answer is a durable step.
 */

import { createServer } from 'node:http2';
import * as restate from '@restatedev/restate-sdk';
import * as clients from '@restatedev/restate-sdk-clients';
import { answer, serveWebhook } from './messenger.mjs';

/** The SDK needs it; Node has it from 22 on. */
Promise.withResolvers ??= () => {
  let resolve, reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};

const conversation = restate.object({
  name: 'conversation',
  handlers: {
    async onMessage(ctx, message) {
      await ctx.run('answer', () => answer(message));
    },
  },
});
const endpoint = createServer(restate.createEndpointHandler({ services: [conversation] }));
endpoint.listen(Number(process.env.SERVICE_PORT), '127.0.0.1');
const ingress = clients.connect({ url: process.env.INGRESS_URL });

serveWebhook(async (messages) => {
  for (const message of messages) {
    const person = ingress.objectSendClient({ name: 'conversation' }, message.psid);
    await person.onMessage(message, clients.rpc.sendOpts({ idempotencyKey: message.mid }));
  }
});
