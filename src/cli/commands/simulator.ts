import { Command } from 'commander';
import Fastify, { LogController } from 'fastify';
import { loadConfig } from '../../config/index.ts';
import { EXAMPLE_APP_ID } from '../../domain/example-ids.ts';
import { createLog } from '../../log.ts';
import { createSimulator } from '../../simulator/index.ts';
import { say, untilAskedToStop } from '../terminal.ts';

/** `everthread simulator`: the fake Graph API without a bot. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description('Run only the simulated Graph API and its page, for any bot.')
    .requiredOption('--webhook <url>', "the address of your bot's webhook")
    .option('--port <port>', 'the port of the simulator', '4000')
    .option('--file <path>', 'where it stores people and messages', '.everthread/simulator.db')
    .addHelpText(
      'after',
      `\nStart your bot with MESSENGER_GRAPH_URL=${addressesAt('http://127.0.0.1:4000').graph} (the port is --port).\n` +
        'Both need the same MESSENGER_VERIFY_TOKEN, MESSENGER_APP_SECRET, MESSENGER_PAGE_ID and MESSENGER_PAGE_ACCESS_TOKEN;\n' +
        'invented ones do. Moving time on the page does not move the timers of your bot: only everthread dev does that.\n' +
        '\nExample:\n  everthread simulator --webhook http://127.0.0.1:3000/webhook',
    )
    .action(async (options: { webhook: string; port: string; file: string }) => {
      const config = loadConfig(process.env, { needs: ['webhook', 'page'] });
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

/** Where a simulator that listens at `url` has its page and its Graph API. */
function addressesAt(url: string): { readonly page: string; readonly graph: string } {
  return { page: `${url}/simulator`, graph: `${url}/simulator/graph` };
}
