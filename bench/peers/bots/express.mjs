/** Express, keeps nothing: acknowledges, then answers from memory. What has not been answered dies with the process. */

import { answer, serveWebhook } from './messenger.mjs';

serveWebhook(async (messages) => {
  for (const message of messages) answer(message).catch((error) => console.error(error));
});
