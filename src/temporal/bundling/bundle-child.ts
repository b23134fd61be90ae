/** The process that `bundle-in-child.ts` starts: bundles the bot that its argument names, sends the bundle, and ends. */

import { BotError } from '../../domain/bot-error.ts';
import { bundleBot } from './bundle-bot.ts';
import type { BundlingMessage } from './bundle-in-child.ts';

const [botFile = ''] = process.argv.slice(2);
const send = (message: BundlingMessage) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

// The parent is gone, and nobody needs the bundle.
process.once('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole group; the parent decides when it ends.
process.on('SIGINT', () => {});

try {
  const bundle = await bundleBot(botFile, { warn: (_fields, text) => void send({ kind: 'warning', text }) });
  await send({ kind: 'bundle', bundle });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  await send({ kind: 'error', message, ...(error instanceof BotError && { code: error.code }) });
}
process.exit(0);
