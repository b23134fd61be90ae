import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig, outgoingOptions } from '../../config/index.ts';
import { findRunningDev } from '../../dev/running-dev.ts';
import { BotError } from '../../domain/bot-error.ts';
import { DESTINATION_FORMATS, type DestinationFormat } from '../../domain/outgoing-event.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import { checkDestination } from '../../outbox/check-destination.ts';
import type { Store } from '../../store/index.ts';
import type { ListedDestination } from '../../store/outbox/destinations.ts';
import type { DeadDelivery, Outbox } from '../../store/outbox/index.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { formatTime } from '../format-time.ts';
import { print, progress, say, WHICH_STORE } from '../terminal.ts';

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

interface AddOptions {
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
    .argument('<url>', 'its address, or - to read it from stdin: an address may itself be a secret')
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
    .addHelpText(
      'after',
      "\nExamples:\n  everthread webhooks add crm https://crm.example/hook --topics 'lead.*' opt-out\n  everthread webhooks add team - --format slack --topics handoff handoff.unanswered < slack-url.txt",
    )
    .action(async (name: string, address: string, { topics, format, page }: AddOptions) => {
      const url = address === '-' ? await readFirstLine() : address;
      await withStore(async ({ destinations }, privateAddresses) => {
        const destination = { name, url, topics, format, pages: page };
        const [problem] = checkDestination(destination, privateAddresses);
        if (problem) throw new BotError('webhook_invalid', `${problem.field}: ${problem.message}`);
        const secret = await destinations.add(destination, Date.now());
        if (secret === undefined)
          throw new BotError(
            'webhook_exists',
            `A destination has the name "${name}". Take another one, or run everthread webhooks remove ${name} first.`,
          );
        if (secret !== '') say(secret);
        progress(
          secret === ''
            ? `Added "${name}".`
            : `Added "${name}". Give the secret to the receiver: nobody can read it again.`,
        );
      });
    });
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
    .addHelpText('after', '\nExample:\n  everthread webhooks list')
    .action(({ json }: { readonly json?: true }) =>
      withStore(async ({ destinations }) => {
        const all = await destinations.list();
        for (const destination of all) say(json ? destinationAsJson(destination) : destinationAsText(destination));
        if (all.length === 0) progress(`There is no destination. ${WHICH_STORE}`);
      }),
    );
}

function destinationAsJson({ url, createdAt, disabled, pages, trouble, ...destination }: ListedDestination): string {
  return quoteForTerminal({
    ...destination,
    host: new URL(url).host,
    pages: pages ?? null,
    created: new Date(createdAt).toISOString(),
    disabled: disabled ? { at: new Date(disabled.at).toISOString(), reason: disabled.reason } : null,
    trouble: trouble ?? null,
  });
}

function destinationAsText(destination: ListedDestination): string {
  const { name, url, format, topics, pages, disabled, pending, dead, trouble } = destination;
  const notes = [
    format === 'standard' ? '' : format,
    pages ? `Pages ${pages.join(', ')}` : '',
    `${pending} waiting`,
    dead > 0 ? `${dead} dead` : '',
    trouble === undefined ? '' : `last failure: ${trouble}`,
    disabled ? `disabled since ${formatTime(disabled.at)}, because ${disabled.reason}` : '',
  ];
  return [name, new URL(url).host, topics.join(' '), ...notes.filter(Boolean)].join('  ');
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Remove a destination, and the events that wait for it.')
    .argument('<name>', 'the name of the destination')
    .addHelpText('after', '\nExample:\n  everthread webhooks remove crm')
    .action((name: string) =>
      withStore(async ({ destinations }) => {
        if (!(await destinations.remove(name))) throw unknown(name);
        progress(`"${name}" is removed.`);
      }),
    );
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description('Make a new secret for a destination and print it, once. For a day the old one signs too.')
    .argument('<name>', 'the name of the destination')
    .addHelpText('after', '\nExample:\n  everthread webhooks rotate crm')
    .action((name: string) =>
      withStore(async ({ destinations }) => {
        if (!(await destinations.find(name))) throw unknown(name);
        const secret = await destinations.rotate(name, Date.now());
        if (secret === undefined)
          throw new BotError('webhook_unsigned', `Posts to "${name}" are not signed: its format has no signatures.`);
        say(secret);
        progress(`Give the secret to the receiver of "${name}" within 24 hours: until then the old one signs too.`);
      }),
    );
}

function enableCommand(): Command {
  return new Command('enable')
    .description('Post again to a destination that answered 410 and was disabled; what waits for it goes out.')
    .argument('<name>', 'the name of the destination')
    .addHelpText('after', '\nExample:\n  everthread webhooks enable crm')
    .action((name: string) =>
      withStore(async ({ destinations }) => {
        if (!(await destinations.enable(name))) throw unknown(name);
        progress(`"${name}" is enabled.`);
      }),
    );
}

function deadCommand(): Command {
  return new Command('dead')
    .description('List the events that were given up, with id, time, destination, topic, person and reason.')
    .argument('[name]', 'only those of this destination')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  everthread webhooks dead crm')
    .action((name: string | undefined, { json }: { readonly json?: true }) =>
      withStore(async ({ outbox }) => {
        const hasDead = await print(deadLines(outbox, name, json ? deadAsJson : deadAsText));
        if (!hasDead) progress(`No event was given up. ${WHICH_STORE}`);
      }),
    );
}

const DEAD_PER_QUERY = 200;

async function* deadLines(
  outbox: Outbox,
  name: string | undefined,
  toLine: (event: DeadDelivery) => string,
): AsyncIterable<string> {
  const destinations = name === undefined ? undefined : [name];
  for (let after: number | undefined; ;) {
    const dead = await outbox.listDead({ destinations }, { after, limit: DEAD_PER_QUERY });
    for (const event of dead) yield `${toLine(event)}\n`;
    after = dead.at(-1)?.id;
    if (dead.length < DEAD_PER_QUERY) return;
  }
}

function deadAsJson({ eventId, line: _, at, deadSince, ...event }: DeadDelivery): string {
  const times = { at: new Date(at).toISOString(), deadSince: new Date(deadSince).toISOString() };
  return quoteForTerminal({ ...event, webhookId: eventId, ...times });
}

function deadAsText({ id, destination, topic, line, at, attempts, trouble }: DeadDelivery): string {
  const words = `${id}  ${new Date(at).toISOString()}  ${destination}  ${topic}  ${line}  ${attempts} tries`;
  return `${withoutControlCharacters(words)}  ${quoteForTerminal(trouble)}`;
}

function retryCommand(): Command {
  return new Command('retry')
    .description('Post events that were given up again, with the same webhook-id; they are tried for four more days.')
    .argument('[ids...]', 'ids, as `everthread webhooks dead` prints them', deadIds)
    .option('--all', 'all that were given up')
    .addHelpText('after', '\nExamples:\n  everthread webhooks retry 42 43\n  everthread webhooks retry --all')
    .action((ids: readonly number[], { all }: { readonly all?: true }) => {
      if (ids.length > 0 === (all !== undefined))
        throw new BotError('webhook_events_unnamed', 'Name the ids to retry, or write --all for every dead event.');
      return withStore(async ({ outbox }) =>
        report('waiting again', await outbox.retry(all ? {} : { ids }, Date.now()), ids),
      );
    });
}

function dropCommand(): Command {
  return new Command('drop')
    .description('Remove events that were given up, for good.')
    .argument('<ids...>', 'ids, as `everthread webhooks dead` prints them', deadIds)
    .addHelpText('after', '\nExample:\n  everthread webhooks drop 42')
    .action((ids: readonly number[]) =>
      withStore(async ({ outbox }) => report('dropped', await outbox.drop({ ids }), ids)),
    );
}

/** Commander calls this once per argument, with what it returned for those before. */
function deadIds(text: string, before: readonly number[] = []): readonly number[] {
  if (/^[1-9]\d{0,14}$/.test(text)) return [...before, Number(text)];
  throw new InvalidArgumentError('Write ids such as 42; everthread webhooks dead prints them.');
}

/** Says what was changed; ids that are not of dead events make the command fail. */
function report(what: string, changed: readonly number[], asked: readonly number[]): void {
  say(`${changed.length} ${changed.length === 1 ? 'event is' : 'events are'} ${what}.`);
  const others = [...new Set(asked)].filter((id) => !changed.includes(id));
  if (others.length === 0) return;
  say(`Not dead, and left alone: ${others.join(', ')}. See everthread webhooks dead.`);
  process.exitCode = 1;
}

function unknown(name: string): BotError {
  return new BotError(
    'webhook_unknown',
    `There is no destination "${withoutControlCharacters(name)}". See everthread webhooks list.`,
  );
}

async function withStore(
  work: (store: Store, privateAddresses: ReturnType<typeof outgoingOptions>['privateAddresses']) => Promise<void>,
): Promise<void> {
  const config = loadConfig(process.env, { warn: progress });
  const store = await openConfiguredStore(config);
  try {
    const { privateAddresses } = outgoingOptions(config, findRunningDev() ? 'loopback' : 'refuse');
    await work(store, privateAddresses);
  } finally {
    await store.close();
  }
}
