import { Command } from 'commander';
import { loadConfig, type ConfigFor } from '../../config/index.ts';
import { writePagesFile, type NewPage, type WrittenPages } from '../../config/pages-file.ts';
import { exchangeToken, readAccounts, type PageAccount } from '../../graph/accounts.ts';
import { quoteForTerminal, describeGraphError } from '../../graph/describe-graph-error.ts';
import { createGraphApi, type GraphApi } from '../../graph/graph-api.ts';
import { graphOf, requireGraphApi } from '../page-choice.ts';
import { progress, say } from '../terminal.ts';

const MS_PER_DAY = 86_400_000;

/** `everthread pages`: lists a person's Pages and writes their tokens to a file. */
export function pagesCommand(): Command {
  return new Command('pages')
    .description('List the Pages of the owner of MESSENGER_USER_ACCESS_TOKEN, and save their tokens.')
    .option('--write <file>', 'write the tokens of the Pages that may send into this file, for MESSENGER_PAGES_FILE')
    .addHelpText(
      'after',
      '\nWith MESSENGER_APP_ID and MESSENGER_APP_SECRET the token is exchanged for a long-lived one first: the tokens of\n' +
        'Pages that come with it have no end. No token is printed.\n' +
        '\nExample:\n  MESSENGER_USER_ACCESS_TOKEN=… everthread pages --write pages.json',
    )
    .action(async ({ write }: { write?: string }) => {
      const config = loadConfig(process.env, { needs: ['user'], warn: progress });
      await requireGraphApi(config);
      const api = createGraphApi(graphOf(config));
      try {
        const accounts = await accountsOf(api, config);
        if (!accounts) process.exitCode = 1;
        else if (write !== undefined) saveTokens(accounts, write);
      } finally {
        await api.close();
      }
    });
}

async function accountsOf(api: GraphApi, config: ConfigFor<'user'>): Promise<readonly PageAccount[] | undefined> {
  const { appId, appSecrets } = config;
  const appSecret = appSecrets[0]?.reveal();
  const given = config.userAccessToken.reveal();
  const secrets = [given, ...(appSecret ? [appSecret] : [])];
  const exchange =
    appId !== undefined && appSecret !== undefined ? await exchangeToken(api, { appId, appSecret }, given) : undefined;
  if (exchange && exchange.status !== 'answered') {
    say(`The token cannot be exchanged. ${describeGraphError(exchange, ...secrets)}`);
    return undefined;
  }
  say(exchange ? describeExchange(exchange.value.expiresInMs) : UNEXCHANGED);
  const accessToken = exchange?.value.accessToken ?? given;
  const reply = await readAccounts(api, accessToken);
  if (reply.status !== 'answered') {
    say(`The Pages cannot be read. ${describeGraphError(reply, accessToken, ...secrets)}`);
    return undefined;
  }
  if (reply.value.length === 0) say('It is for no Page. Choose the Pages when you generate it, with pages_show_list.');
  for (const account of reply.value) say(describeAccount(account));
  return reply.value;
}

const UNEXCHANGED =
  'Without MESSENGER_APP_ID and MESSENGER_APP_SECRET the token stays as it is; if it is a short one, the tokens of its Pages end with it.';

function describeExchange(expiresInMs: number | undefined): string {
  if (expiresInMs === undefined) return 'The token was exchanged for one without an end.';
  return `The token was exchanged for one of ${Math.round(expiresInMs / MS_PER_DAY)} days; the tokens of its Pages have no end.`;
}

function describeAccount({ pageId, name, tasks, accessToken }: PageAccount): string {
  const can = tasks.includes('MESSAGING') ? 'may send (MESSAGING)' : 'may not send (no task MESSAGING)';
  const moderates = tasks.includes('MODERATE') ? 'may subscribe (MODERATE)' : 'may not subscribe (no task MODERATE)';
  const token = accessToken === undefined ? '; Meta gives no token' : '';
  return `  Page ${pageId} ${quoteForTerminal(name)}: ${can}, ${moderates}${token}`;
}

function saveTokens(accounts: readonly PageAccount[], file: string): void {
  const pages = accounts.flatMap(({ pageId, name, accessToken, tasks }): NewPage[] =>
    accessToken !== undefined && tasks.includes('MESSAGING') ? [{ pageId, name, accessToken }] : [],
  );
  if (pages.length === 0) {
    say(`None of them may send, so ${file} was not written.`);
    process.exitCode = 1;
    return;
  }
  for (const line of describeWritten(writePagesFile(file, pages), file)) say(line);
}

function describeWritten({ added, updated, elsewhere }: WrittenPages, file: string): string[] {
  return [
    ...(added.length > 0 ? [`Added to ${file}: ${added.join(', ')}.`] : []),
    ...(updated.length > 0 ? [`New tokens in ${file}: ${updated.join(', ')}.`] : []),
    ...(elsewhere.length > 0
      ? [`Left alone, because ${file} names a file for their tokens: ${elsewhere.join(', ')}.`]
      : []),
    `Set MESSENGER_PAGES_FILE=${file}; running processes use the new tokens without a restart.`,
  ];
}
