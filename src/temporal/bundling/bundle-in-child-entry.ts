/** The process that `bundle-in-child.ts` starts: bundles the bot that its argument names, sends the bundle, and ends. */

import { captureConsole } from '../../console-output.ts';
import { serializeError } from '../../domain/serialized-error.ts';
import { bundleBot, type BundlingOptions } from './bundle-bot.ts';
import type { BundlingMessage } from './bundle-in-child.ts';

const [botFile = '', options = '{}'] = process.argv.slice(2);
const send = (message: BundlingMessage) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

// The parent is gone, and nobody needs the bundle.
process.once('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole group; the parent decides when it ends.
process.on('SIGINT', () => {});

captureConsole((output) => void send({ kind: 'output', output }));
try {
  const bundle = await bundleBot(
    botFile,
    { warn: (_fields, text) => void send({ kind: 'warning', text }) },
    JSON.parse(options) as BundlingOptions,
  );
  await send({ kind: 'bundle', bundle });
} catch (error) {
  await send({ kind: 'error', ...serializeError(error) });
}
process.exit(0);
