import { Command } from 'commander';
import { loadConfig, type ConfigFor } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { createGraphApi, type GraphApi } from '../../graph/graph-api.ts';
import { reconcileApp, reconcilePage } from '../../graph/subscription/reconcile-subscription.ts';
import type { WebhookField } from '../../messenger/inbound/webhook-fields.ts';
import { chosenPages, graphOf, requireGraphApi } from '../page-choice.ts';
import { readBot } from '../read-bot.ts';
import { progress, say } from '../terminal.ts';

interface SubscribeOptions {
  readonly callbackUrl?: string;
  readonly dryRun?: true;
  readonly page?: string;
}

/** `everthread subscribe`: subscribes the app and its Pages to webhook fields. */
export function subscribeCommand(): Command {
  return new Command('subscribe')
    .description('Subscribe the app and its Pages to the webhook fields that everthread and the bot need.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option('--callback-url <url>', 'the public https address of /webhook, for the app itself; it must be running')
    .option('--page <id>', 'only this Page')
    .option('--dry-run', 'only print what would be done')
    .addHelpText(
      'after',
      '\nFields that are subscribed already stay. --callback-url needs MESSENGER_APP_ID, MESSENGER_APP_SECRET and\n' +
        'MESSENGER_VERIFY_TOKEN too.\n' +
        '\nExample:\n  everthread subscribe ./bot.ts --callback-url https://bot.example/webhook',
    )
    .action(async (bot: string | undefined, options: SubscribeOptions) => {
      const needs = options.callbackUrl === undefined ? (['send'] as const) : (['send', 'app', 'webhook'] as const);
      const config = loadConfig(process.env, { needs, warn: progress });
      const pages = chosenPages(config, options.page);
      const callbackUrl = checkedCallback(options.callbackUrl, config);
      await requireGraphApi(config);
      const { fields: needed } = await readBot(bot ?? config.bot);
      const api = createGraphApi(graphOf(config));
      const shared = { api, needed, isDry: options.dryRun ?? false };
      try {
        if (callbackUrl !== undefined) failUnless(await subscribeApp(config, callbackUrl, shared));
        for (const page of pages) {
          const report = (sentence: string) => say(`${page.label}: ${sentence}`);
          failUnless(await reconcilePage({ ...shared, page, appId: config.appId, report }));
        }
      } finally {
        await api.close();
      }
    });
}

interface SubscribeTask {
  readonly api: GraphApi;
  readonly needed: readonly WebhookField[];
  readonly isDry: boolean;
}

function subscribeApp(
  config: ConfigFor<'app' | 'webhook'>,
  callbackUrl: string,
  task: SubscribeTask,
): Promise<boolean> {
  const { appId, appSecrets, verifyToken } = config;
  return reconcileApp({
    ...task,
    app: { appId, appSecret: appSecrets[0]?.reveal() ?? '' },
    callbackUrl,
    verifyToken: verifyToken.reveal(),
    report: (sentence) => say(`App ${appId}: ${sentence}`),
  });
}

/** Meta calls only https; a simulator on this machine may call http. */
function checkedCallback(text: string | undefined, { graphUrl }: { readonly graphUrl: string }): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttps = url?.protocol === 'https:' || (url?.protocol === 'http:' && graphUrl.startsWith('http:'));
  if (isHttps && url && !url.username && !url.password && !url.hash) return url.href;
  throw new BotError(
    'callback_url_invalid',
    '--callback-url is not an https address. Write the public address of the webhook, such as https://bot.example/webhook.',
  );
}

function failUnless(isDone: boolean): void {
  if (!isDone) process.exitCode = 1;
}
