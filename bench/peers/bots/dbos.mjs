/**
 * Express and DBOS: a message is a durable workflow in PostgreSQL before it is acknowledged, with the message id as the
 * workflow's id, so that a message that Meta delivers again is one workflow. Its step is tried again with backoff; workflows
 * that a crash interrupted are recovered at launch. Order per person would take a partitioned queue, which DBOS polls.
 */

import { DBOS } from '@dbos-inc/dbos-sdk';
import { answer, serveWebhook } from './messenger.mjs';

const answerMessage = DBOS.registerWorkflow(
  (message) => DBOS.runStep(() => answer(message), { name: 'answer', retriesAllowed: true, maxAttempts: 5 }),
  { name: 'answerMessage' },
);

DBOS.setConfig({
  name: 'echo',
  applicationVersion: '1',
  systemDatabaseUrl: process.env.DATABASE_URL,
  logLevel: 'warn',
});
await DBOS.launch();

serveWebhook(async (messages) => {
  for (const message of messages) await DBOS.startWorkflow(answerMessage, { workflowID: message.mid })(message);
});
