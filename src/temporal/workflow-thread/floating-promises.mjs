/**
 * The failure of a promise that nobody awaits is logged, and its workflow goes on. The SDK would fail the workflow task, which
 * Temporal then retries for ever.
 */

import { inspect } from 'node:util';
import { mustHave } from './must-have.mjs';

/**
 * Replaces the SDK's handler of unhandled rejections.
 *
 * @param sdk The SDK's module `vm-shared`, before the modules that use it are loaded.
 * @param runGuarded Runs a function that may call code of the bot.
 */
export function logFloatingPromises(sdk, runGuarded) {
  mustHave(sdk, 'setUnhandledRejectionHandler');
  mustHave(sdk, 'injectGlobals');
  /** The one that the workflows of this thread share. Its globals are those of the workflow that ran last. */
  let context;
  const { injectGlobals } = sdk;
  sdk.injectGlobals = (created) => {
    context = created;
    injectGlobals(created);
  };

  // Node calls it before the next message, so before another workflow runs, and in the async context of the promise.
  sdk.setUnhandledRejectionHandler = () => {
    process.on('unhandledRejection', (error) => {
      const report = context?.everthreadOwnModules?.reportFloatingPromise;
      try {
        if (report === undefined) throw error;
        runGuarded(context.__TEMPORAL_ACTIVATOR__, () => report(error));
      } catch (failure) {
        // While a bot is loaded, or because the error cannot be described.
        process.stderr.write(`A promise that nobody awaits failed, in no workflow: ${inspect(failure)}\n`);
      }
    });
  };
}
