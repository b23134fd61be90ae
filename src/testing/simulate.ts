import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporalAddressInEnvironment, temporalCliInEnvironment } from './environment-variables.ts';
import { acquireSharedTemporal, type SharedTemporal } from './shared-temporal/index.ts';
import type { PersonOptions, SimulatedConversation } from './simulated-conversation.ts';

/** Who the person is, and where the bot runs. */
export interface SimulateOptions extends PersonOptions {
  /**
   * A running Temporal with `frontend.WorkflowTimeSkippingEnabled`, such as `127.0.0.1:7233`. Default:
   * `EVERTHREAD_TEST_TEMPORAL`, else a server that all tests of this project share.
   */
  readonly temporal?: string;
  /** Where the record of the shared server and the bundles are stored. Default: `.everthread` in the working directory. */
  readonly folder?: string;
}

/**
 * Starts a conversation of a new person with a bot, on a real Temporal server. Conversations with the same bot share a
 * worker, a store and a simulator; all test processes of a project share one Temporal server, which stops by itself.
 *
 * ```ts
 * const conversation = await simulate('./bot.ts');
 * await conversation.says('price');
 * await conversation.skip('25 hours');
 * expect(conversation.heard()).toEqual(['Which e-mail may we write to?']);
 * ```
 * @param bot The bot's file: a path from where the tests are started, as for `everthread dev`, or a URL:
 *   `new URL('./bot.ts', import.meta.url)`.
 */
export async function simulate(bot: string | URL, options: SimulateOptions = {}): Promise<SimulatedConversation> {
  const { folder = '.everthread', temporal, ...person } = options;
  const path = typeof bot === 'string' && !bot.startsWith('file:') ? resolve(bot) : fileURLToPath(bot);
  const root = resolve(folder);
  // The worker, the simulator and the rest take a second to load; Temporal starts meanwhile, in a process of its own.
  const [temporalAddress, { acquireStage }, { createSimulatedConversation }] = await Promise.all([
    temporal ?? temporalAddressInEnvironment() ?? sharedTemporal(root).then(({ address }) => address),
    import('./stage/stage-pool.ts'),
    import('./simulated-conversation.ts'),
  ]);
  const { stage, release } = await acquireStage({
    bot: path,
    bundleFolder: join(root, 'testing', 'bundles'),
    echoWaitMs: TEST_ECHO_WAIT_MS,
    temporalAddress,
  });
  return createSimulatedConversation(stage, person, release);
}

/** The simulator's echoes come at once: an echo that has not come by then will not come. */
const TEST_ECHO_WAIT_MS = 2000;

const servers = new Map<string, Promise<SharedTemporal>>();

function sharedTemporal(folder: string): Promise<SharedTemporal> {
  const server =
    servers.get(folder) ??
    acquireSharedTemporal({
      folder,
      temporalCli: temporalCliInEnvironment(),
      log: (line) => void process.stderr.write(`everthread: ${line}\n`),
    });
  servers.set(folder, server);
  // After a failure the next conversation tries again.
  server.catch(() => servers.delete(folder));
  return server;
}
