import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporalAddressInEnvironment, temporalCliInEnvironment } from './environment.ts';
import { borrowStage } from './shared-stages.ts';
import { holdSharedTemporal, type HeldTemporal } from './shared-temporal.ts';
import { createTalk, type PersonOptions, type Talk } from './talk.ts';

export interface SimulateOptions extends PersonOptions {
  /**
   * A Temporal that runs already, `127.0.0.1:7233`, with `frontend.WorkflowTimeSkippingEnabled`. Default: what
   * `EVERTHREAD_TEST_TEMPORAL` says, else one that all tests of this project share.
   */
  readonly temporal?: string;
  /** Where the shared server is noted, and bundles are kept. Default: `.everthread` where the tests run. */
  readonly folder?: string;
}

/**
 * A talk of somebody new with a bot, on the real engine. Talks with the same bot share what it runs on; Temporal is
 * shared by all processes that test at the same time, and ends by itself.
 *
 * ```ts
 * const talk = await simulate('./bot.ts');
 * await talk.says('price');
 * await talk.skip('25 hours');
 * expect(talk.heard()).toEqual(['Which e-mail may we write to?']);
 * ```
 * @param bot The bot's file: a path from where the tests are started, as for `everthread dev`, or a URL:
 *   `new URL('./bot.ts', import.meta.url)`.
 */
export async function simulate(bot: string | URL, options: SimulateOptions = {}): Promise<Talk> {
  const { folder = '.everthread', temporal, ...person } = options;
  const path = typeof bot === 'string' && !bot.startsWith('file:') ? resolve(bot) : fileURLToPath(bot);
  const root = resolve(folder);
  const { stage, giveBack } = await borrowStage({
    bot: path,
    bundleFolder: join(root, 'testing', 'bundles'),
    echoWaitMs: ECHO_WAIT_MS,
    temporalAddress: temporal ?? temporalAddressInEnvironment() ?? (await ownTemporal(root)).address,
  });
  return createTalk(stage, person, giveBack);
}

/** The simulator's echoes come at once: who waits for one that does not come need not wait long. */
const ECHO_WAIT_MS = 2000;

const held = new Map<string, Promise<HeldTemporal>>();

function ownTemporal(folder: string): Promise<HeldTemporal> {
  const holding =
    held.get(folder) ??
    holdSharedTemporal({
      folder,
      temporalCli: temporalCliInEnvironment(),
      log: (line) => void process.stderr.write(`everthread: ${line}\n`),
    });
  held.set(folder, holding);
  // A failure is not kept: the next test tries again.
  holding.catch(() => held.delete(folder));
  return holding;
}
