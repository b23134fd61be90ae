import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pino } from 'pino';
import { createSimulator, type Simulator } from '../../../src/simulator/index.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';

/** The simulator and Temporal, which survive the processes that are killed. */
export interface ChaosStage {
  readonly simulator: Simulator;
  /** The simulator's page, with its control API under `/api`. */
  readonly simulatorUrl: string;
  readonly folder: string;
  /** All environment variables of `everthread start`. */
  readonly env: Readonly<Record<string, string>>;
  readonly temporal: EmbeddedTemporal;
  /** Stops Temporal, and starts it on the same file and port when `whileAway` resolves. */
  restartTemporal(whileAway: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const PAGE = '104857600123456';
const SECRETS = { appSecret: 'an-app-secret', accessToken: 'a-page-token' };
/** The bot that answers each message once. */
export const botFile = join(import.meta.dirname, 'bot.ts');

/** Writes a bot whose `activities.ts` has this code, and returns its path. */
export function writeBot(folder: string, activitiesCode: string): string {
  const bot = join(folder, 'bot.ts');
  writeFileSync(bot, 'export default { plugins: [] };\n');
  writeFileSync(join(folder, 'activities.ts'), `export const activities = {};\n${activitiesCode}\n`);
  return bot;
}

/** Starts the simulator and Temporal in a temporary folder. */
export async function startChaosStage(temporalCli: string): Promise<ChaosStage> {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-chaos-'));
  const port = await freePort();
  const startTemporal = () =>
    startEmbeddedTemporal({ cli: temporalCli, dbFile: join(folder, 'temporal.db'), port, log: () => {} });
  let temporal = await startTemporal();
  const webhookPort = await freePort();

  const log = pino({ level: 'silent' });
  const simulator = createSimulator({
    ...SECRETS,
    file: join(folder, 'simulator.db'),
    pageId: PAGE,
    appId: '517776481860111',
    webhookUrl: `http://127.0.0.1:${webhookPort}/webhook`,
    graphVersion: 'v25.0',
    redeliveryMs: 500,
    log,
  });
  const app = Fastify({ loggerInstance: log });
  await app.register(simulator.routes, { prefix: '/simulator' });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    simulator,
    simulatorUrl: `${url}/simulator`,
    folder,
    get temporal() {
      return temporal;
    },
    env: {
      MESSENGER_VERIFY_TOKEN: 'a-verify-token',
      MESSENGER_APP_SECRET: SECRETS.appSecret,
      MESSENGER_PAGE_ACCESS_TOKEN: SECRETS.accessToken,
      MESSENGER_PAGE_ID: PAGE,
      MESSENGER_GRAPH_URL: `${url}/simulator/graph`,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      DATABASE_URL: `file:${join(folder, 'store.db')}`,
      PORT: String(webhookPort),
      OPERATOR_PORT: '0',
      LOG_LEVEL: 'warn',
    },
    async restartTemporal(whileAway) {
      await temporal.stop();
      await whileAway();
      temporal = await startTemporal();
    },
    async close() {
      await app.close();
      await simulator.close();
      await temporal.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
