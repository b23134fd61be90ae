import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { EverthreadClient, Item } from '../../client/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { DESTINATION_FORMATS, type DestinationFormat } from '../../domain/outgoing-event.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import { formatTime } from '../format-time.ts';
import { urlOption, withOperatorApi } from '../operator-api.ts';
import { print, progress, say } from '../terminal.ts';

/** `everthread webhooks`: where other systems are told of events, and the events that one of them never took. */
export function webhooksCommand(): Command {
  return new Command('webhooks')
    .description(
      'Tell other systems what happens: add, list and remove destinations of events, replace their secrets; list, retry and drop events that one of them never took.',
    )
    .addHelpText(
      'after',
      "\nExample:\n  everthread webhooks add crm https://crm.example/hook --topics 'lead.*' opt-out\n  everthread webhooks dead",
    )
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand())
    .addCommand(rotateCommand())
    .addCommand(enableCommand())
    .addCommand(deadCommand())
    .addCommand(retryCommand())
    .addCommand(dropCommand());
}

interface UrlOptions {
  readonly url?: string;
}

interface ListOptions extends UrlOptions {
  readonly json?: true;
}

interface RetryOptions extends UrlOptions {
  readonly all?: true;
}

interface AddOptions extends UrlOptions {
  readonly topics: readonly string[];
  readonly format: DestinationFormat;
  readonly page?: readonly string[];
}

function addCommand(): Command {
  return new Command('add')
    .description(
      'Add a destination: it gets what happens from now on. Prints the secret that verifies its signatures, once.',
    )
    .argument('<name>', 'a name for it: lower-case letters, digits and hyphens')
    .argument('<address>', 'where to post, or - to read it from stdin: an address may itself be a secret')
    .requiredOption(
      '--topics <topics...>',
      "what it wants: names of topics, names with .* at their end, or '*' for all; docs/other-systems.md lists them",
    )
    .addOption(
      new Option('--format <format>', 'standard (Standard Webhooks), or slack for an incoming webhook of Slack')
        .choices(DESTINATION_FORMATS)
        .default('standard'),
    )
    .option('--page <ids...>', 'only events of these Pages (default: all)', pageIds)
    .addOption(urlOption())
    .addHelpText(
      'after',
      "\nExamples:\n  everthread webhooks add crm https://crm.example/hook --topics 'lead.*' opt-out\n  everthread webhooks add team - --format slack --topics handoff handoff.unanswered < slack-url.txt",
    )
    .action(async (name: string, address: string, { topics, format, page, url }: AddOptions) => {
      const destination = { name, url: address === '-' ? await readFirstLine() : address, format, topics: [...topics] };
      const body = { ...destination, ...(page && { pages: [...page] }) };
      await withOperatorApi(url, async (client) => {
        const { secret } = await client.POST('/webhooks', { body });
        if (format === 'standard') tellSecret(name, secret);
        progress(`Added "${name}".`);
      });
    });
}

/** Prints a secret, which is told once. */
function tellSecret(name: string, secret: string | null): void {
  if (secret === null)
    return progress(`The answer with the secret was lost. Make a new one with: everthread webhooks rotate ${name}`);
  say(secret);
  progress('Give the secret to the receiver: nobody can read it again.');
}

/** Commander calls this once per argument, with what it returned for those before. */
function pageIds(text: string, before: readonly string[] = []): readonly string[] {
  if (/^\d{1,32}$/.test(text)) return [...before, text];
  throw new InvalidArgumentError('Write ids of Pages, such as 104857600123456.');
}

async function readFirstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line.trim();
  }
  return '';
}

function listCommand(): Command {
  return new Command('list')
    .description(
      'List the destinations: host, topics, whether they are disabled, and how many events wait or are dead.',
    )
    .option('--json', 'one JSON object a line')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread webhooks list')
    .action(({ json, url }: ListOptions) =>
      withOperatorApi(url, async (client) => {
        const { items } = await client.GET('/webhooks');
        for (const destination of items) say(json ? quoteForTerminal(destination) : destinationAsText(destination));
        if (items.length === 0) progress('There is no destination. Add one with: everthread webhooks add');
      }),
    );
}

function destinationAsText(destination: Item<'/webhooks'>): string {
  const { name, host, format, topics, pages, disabled, pending, dead, trouble } = destination;
  const notes = [
    format === 'standard' ? '' : format,
    pages ? `Pages ${pages.join(', ')}` : '',
    `${pending} waiting`,
    dead > 0 ? `${dead} dead` : '',
    trouble === null ? '' : `last failure: ${trouble}`,
    disabled ? `disabled since ${formatTime(Date.parse(disabled.at))}, because ${disabled.reason}` : '',
  ];
  return [name, host, topics.join(' '), ...notes.filter(Boolean)].join('  ');
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Remove a destination, and the events that wait for it.')
    .argument('<name>', 'the name of the destination')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread webhooks remove crm')
    .action((name: string, { url }: UrlOptions) =>
      withOperatorApi(url, async (client) => {
        await client.DELETE('/webhooks/{name}', { params: { path: { name } } });
        progress(`"${name}" is removed.`);
      }),
    );
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description('Make a new secret for a destination and print it, once. For a day the old one signs too.')
    .argument('<name>', 'the name of the destination')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread webhooks rotate crm')
    .action((name: string, { url }: UrlOptions) =>
      withOperatorApi(url, async (client) => {
        const { secret } = await client.POST('/webhooks/{name}/rotate', { params: { path: { name } } });
        tellSecret(name, secret);
        progress('For 24 hours the old one signs too.');
      }),
    );
}

function enableCommand(): Command {
  return new Command('enable')
    .description('Post again to a destination that answered 410 and was disabled; what waits for it goes out.')
    .argument('<name>', 'the name of the destination')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread webhooks enable crm')
    .action((name: string, { url }: UrlOptions) =>
      withOperatorApi(url, async (client) => {
        await client.POST('/webhooks/{name}/enable', { params: { path: { name } } });
        progress(`"${name}" is enabled.`);
      }),
    );
}

function deadCommand(): Command {
  return new Command('dead')
    .description('List the events that were given up, with id, time, destination, topic, person and reason.')
    .argument('[name]', 'only those of this destination')
    .option('--json', 'one JSON object a line')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread webhooks dead crm')
    .action((name: string | undefined, { json, url }: ListOptions) =>
      withOperatorApi(url, async (client) => {
        const hasDead = await print(deadLines(client, name, json ? quoteForTerminal : deadAsText));
        if (!hasDead) progress('No event was given up.');
      }),
    );
}

type DeadDelivery = Item<'/webhooks/dead'>;

async function* deadLines(
  client: EverthreadClient,
  destination: string | undefined,
  toLine: (event: DeadDelivery) => string,
): AsyncIterable<string> {
  const query = { ...(destination !== undefined && { destination }), limit: DEAD_PER_CALL };
  for await (const event of client.list('/webhooks/dead', { params: { query } })) yield `${toLine(event)}\n`;
}

function deadAsText({ id, destination, topic, conversation, page, at, attempts, trouble }: DeadDelivery): string {
  const words = `${id}  ${at}  ${destination}  ${topic}  ${conversation ?? page}  ${attempts} tries`;
  return `${withoutControlCharacters(words)}  ${quoteForTerminal(trouble)}`;
}

/** Of one page of the list. */
const DEAD_PER_CALL = 100;
/** Of one request that retries or drops. */
const IDS_PER_CALL = 500;

function retryCommand(): Command {
  return new Command('retry')
    .description('Post events that were given up again, with the same webhook-id; they are tried for four more days.')
    .argument('[ids...]', 'ids, as `everthread webhooks dead` prints them', deadIds)
    .option('--all', 'all that were given up')
    .addOption(urlOption())
    .addHelpText('after', '\nExamples:\n  everthread webhooks retry 42 43\n  everthread webhooks retry --all')
    .action((ids: readonly number[], { all, url }: RetryOptions) => {
      if (ids.length > 0 === (all !== undefined))
        throw new BotError('webhook_events_unnamed', 'Name the ids to retry, or write --all for every dead event.');
      return withOperatorApi(url, async (client) => {
        const chosen = all ? await allDead(client) : ids;
        report('waiting again', await changeDead(client, '/webhooks/dead/retry', chosen), ids);
      });
    });
}

function dropCommand(): Command {
  return new Command('drop')
    .description('Remove events that were given up, for good.')
    .argument('<ids...>', 'ids, as `everthread webhooks dead` prints them', deadIds)
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread webhooks drop 42')
    .action((ids: readonly number[], { url }: UrlOptions) =>
      withOperatorApi(url, async (client) =>
        report('dropped', await changeDead(client, '/webhooks/dead/drop', ids), ids),
      ),
    );
}

/** Commander calls this once per argument, with what it returned for those before. */
function deadIds(text: string, before: readonly number[] = []): readonly number[] {
  if (/^[1-9]\d{0,14}$/.test(text)) return [...before, Number(text)];
  throw new InvalidArgumentError('Write ids such as 42; everthread webhooks dead prints them.');
}

async function allDead(client: EverthreadClient): Promise<readonly number[]> {
  const ids: number[] = [];
  const query = { limit: DEAD_PER_CALL };
  for await (const { id } of client.list('/webhooks/dead', { params: { query } })) ids.push(id);
  return ids;
}

/** Resolves to the ids of those that were dead. */
async function changeDead(
  client: EverthreadClient,
  path: '/webhooks/dead/retry' | '/webhooks/dead/drop',
  ids: readonly number[],
): Promise<readonly number[]> {
  const changed: number[] = [];
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    const body = { ids: ids.slice(start, start + IDS_PER_CALL) };
    changed.push(...(await client.POST(path, { body })).changed);
  }
  return changed;
}

/** Says what was changed; ids that are not of dead events make the command fail. */
function report(what: string, changed: readonly number[], asked: readonly number[]): void {
  say(`${changed.length} ${changed.length === 1 ? 'event is' : 'events are'} ${what}.`);
  const others = [...new Set(asked)].filter((id) => !changed.includes(id));
  if (others.length === 0) return;
  say(`Not dead, and left alone: ${others.join(', ')}. See everthread webhooks dead.`);
  process.exitCode = 1;
}
