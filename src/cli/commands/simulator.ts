import { Command } from 'commander';
import Fastify, { LogController } from 'fastify';
import { loadConfig } from '../../config/index.ts';
import { EXAMPLE_APP_ID, EXAMPLE_PAGE_ID } from '../../domain/example-ids.ts';
import { createLog } from '../../log.ts';
import { createSimulator } from '../../simulator/index.ts';
import { say, untilAskedToStop } from '../terminal.ts';

/** What a bot sends as its Page access token when nobody says otherwise. */
const INVENTED_TOKEN = 'simulated-page-token';

interface SimulatorCommandOptions {
  readonly webhook: string;
  readonly appSecret?: string;
  readonly pageToken?: string;
  readonly pageId?: string;
  readonly port: string;
  readonly file: string;
}

/** `everthread simulator`: the fake Graph API without a bot. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description('Run only the simulated Graph API and its page, for any bot.')
    .requiredOption('--webhook <url>', "the address of your bot's webhook")
    .option('--app-secret <secret>', 'signs the webhooks (default: MESSENGER_APP_SECRET)')
    .option(
      '--page-token <token>',
      `your bot's Page access token (default: MESSENGER_PAGE_ACCESS_TOKEN, or ${INVENTED_TOKEN})`,
    )
    .option('--page-id <id>', `the id of the simulated Page (default: MESSENGER_PAGE_ID, or ${EXAMPLE_PAGE_ID})`)
    .option('--port <port>', 'the port of the simulator', '4000')
    .option('--file <path>', 'where it stores people and messages', '.everthread/simulator.db')
    .addHelpText(
      'after',
      `\nYour bot calls ${addressesAt('http://127.0.0.1:4000').graph} (the port is --port) in place of https://graph.facebook.com;\n` +
        'a bot of everthread does with MESSENGER_GRAPH_URL. Secret and token may be invented, the same on both sides.\n' +
        'Moving time on the page does not move the timers of your bot: only everthread dev does that.\n' +
        '\nExample:\n  everthread simulator --webhook http://127.0.0.1:3000/webhook --app-secret invented',
    )
    .action(async (options: SimulatorCommandOptions) => {
      const config = loadConfig(environmentWith(options), { needs: ['webhook', 'page'] });
      const log = createLog({ level: 'warn', isPretty: process.stdout.isTTY });
      const stopAsked = untilAskedToStop();
      const simulator = createSimulator({
        file: options.file,
        pageId: config.pageId,
        appId: config.appId ?? EXAMPLE_APP_ID,
        accessToken: config.pageAccessToken.reveal(),
        appSecret: config.appSecrets[0]?.reveal() ?? '',
        webhookUrl: options.webhook,
        graphVersion: config.graphVersion,
        log,
      });
      const logController = new LogController({ disableRequestLogging: true });
      const app = Fastify({ loggerInstance: log, logController, forceCloseConnections: true });
      await app.register(simulator.routes, { prefix: '/simulator' });
      const url = await app.listen({ host: '127.0.0.1', port: Number(options.port) });
      const { page, graph } = addressesAt(url);
      say(`\n  Simulator            ${page}\n  MESSENGER_GRAPH_URL  ${graph}\n`);
      await stopAsked;
      await app.close();
      await simulator.close();
    });
}

/** The environment, where an option takes the place of its variable; what may be invented is not missing. */
function environmentWith({ appSecret, pageToken, pageId }: SimulatorCommandOptions): NodeJS.ProcessEnv {
  const { env } = process;
  return {
    ...env,
    ...(appSecret !== undefined && { MESSENGER_APP_SECRET: appSecret }),
    MESSENGER_PAGE_ACCESS_TOKEN: pageToken ?? (env['MESSENGER_PAGE_ACCESS_TOKEN'] || INVENTED_TOKEN),
    MESSENGER_PAGE_ID: pageId ?? (env['MESSENGER_PAGE_ID'] || EXAMPLE_PAGE_ID),
    // Only a bot compares it.
    MESSENGER_VERIFY_TOKEN: env['MESSENGER_VERIFY_TOKEN'] || 'not-asked-for',
  };
}

/** Where a simulator that listens at `url` has its page and its Graph API. */
function addressesAt(url: string): { readonly page: string; readonly graph: string } {
  return { page: `${url}/simulator`, graph: `${url}/simulator/graph` };
}
