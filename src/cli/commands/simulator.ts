import { Command } from 'commander';
import Fastify from 'fastify';
import { loadConfig } from '../../config/index.ts';
import { EXAMPLE_APP_ID } from '../../local-stack.ts';
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
      '\nIt signs webhooks with MESSENGER_APP_SECRET and accepts MESSENGER_PAGE_ACCESS_TOKEN; set MESSENGER_GRAPH_URL of\n' +
        'your bot to its address.\n\nExample:\n  everthread simulator --webhook http://127.0.0.1:3000/webhook',
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
      const app = Fastify({ loggerInstance: log, disableRequestLogging: true, forceCloseConnections: true });
      await app.register(simulator.routes, { prefix: '/simulator' });
      const url = await app.listen({ host: '127.0.0.1', port: Number(options.port) });
      say(`\n  Simulator            ${url}/simulator\n  MESSENGER_GRAPH_URL  ${url}/simulator/graph\n`);
      await stopAsked;
      await app.close();
      await simulator.close();
    });
}
