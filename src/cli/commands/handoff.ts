import { Command } from 'commander';
import type { EverthreadClient, Schemas } from '../../client/index.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { urlOption, withOperatorApi } from '../operator-api.ts';
import { print, progress, say } from '../terminal.ts';

interface ApiOptions {
  readonly url?: string;
}

/** `everthread handoff`: who waits for an operator; take over, give back. */
export function handoffCommand(): Command {
  return new Command('handoff')
    .description('List who waits for an operator, take conversations over, and give them back to the bot.')
    .addHelpText(
      'after',
      '\nExample:\n  everthread handoff list\n  everthread handoff take messenger:104857600123456:6120459871230045',
    )
    .addCommand(listCommand())
    .addCommand(takeCommand())
    .addCommand(giveCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('List the people who wait for an operator, the longest wait first, then those whom an operator has.')
    .option('--json', 'one JSON object a line')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread handoff list')
    .action(({ url, json }: ApiOptions & { readonly json?: true }) =>
      withOperatorApi(url, async (client) => {
        if (await print(json ? jsonLines(client) : tableLines(client))) {
          progress('\nTake a conversation over with: everthread handoff take <conversation>');
        } else progress('Nobody waits for an operator, and no operator has a conversation.');
      }),
    );
}

type Listed = Schemas['ConversationSummary'];

async function* handedOver(client: EverthreadClient): AsyncIterable<Listed> {
  for (const state of ['waiting', 'operator'] as const)
    yield* client.list('/conversations', { params: { query: { state } } });
}

async function* jsonLines(client: EverthreadClient): AsyncIterable<string> {
  for await (const conversation of handedOver(client)) yield `${JSON.stringify(conversation)}\n`;
}

async function* tableLines(client: EverthreadClient): AsyncIterable<string> {
  let isFirst = true;
  for await (const conversation of handedOver(client)) {
    if (isFirst) yield row(['WAITS', 'WITH', 'CONVERSATION', 'NAME', 'LAST MESSAGE']);
    isFirst = false;
    yield row(cellsOf(conversation));
  }
}

function cellsOf({ id, name, state, heldBy, waitingSince, lastLine }: Listed): readonly string[] {
  const waits = waitingSince === null ? '-' : formatWait(Date.now() - Date.parse(waitingSince));
  const said = lastLine ? `${lastLine.author === 'person' ? '' : `${lastLine.author}: `}${textOf(lastLine)}` : '-';
  return [waits, state === 'waiting' ? '-' : (heldBy ?? 'somebody'), id, name ?? '-', said];
}

/** The last column has any width. */
const WIDTHS = [10, 14, 46, 20, 0];
const MAX_SHOWN_CHARS = 60;

function row(cells: readonly string[]): string {
  const padded = cells.map((cell, index) => withoutControlCharacters(cell).padEnd(WIDTHS[index] ?? 0));
  return `${padded.join('  ').trimEnd()}\n`;
}

function textOf({ text, attachments }: Pick<NonNullable<Listed['lastLine']>, 'text' | 'attachments'>): string {
  const shown = text ?? attachments.map((type) => `[${type}]`).join(' ');
  return shown.length > MAX_SHOWN_CHARS ? `${shown.slice(0, MAX_SHOWN_CHARS)}…` : shown;
}

const MINUTES_PER_HOUR = 60;
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR;

/** `now`, `12 min`, `2 h 5 min`, `3 d 4 h`. */
function formatWait(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < MINUTES_PER_HOUR) return `${minutes} min`;
  if (minutes < MINUTES_PER_DAY) return `${Math.floor(minutes / MINUTES_PER_HOUR)} h ${minutes % MINUTES_PER_HOUR} min`;
  return `${Math.floor(minutes / MINUTES_PER_DAY)} d ${Math.floor((minutes % MINUTES_PER_DAY) / MINUTES_PER_HOUR)} h`;
}

const CONVERSATION = ['<conversation>', 'the id of the conversation, as `everthread handoff list` prints it'] as const;
const SHOWN_MESSAGES = 6;

interface TakeOptions extends ApiOptions {
  readonly reason?: string;
  readonly force?: true;
}

function takeCommand(): Command {
  return new Command('take')
    .description('Answer a person instead of the bot, until you give the conversation back.')
    .argument(...CONVERSATION)
    .option('--reason <text>', 'why, for plugins and logs')
    .option('--force', 'also from another operator who has it; for the role admin')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread handoff take messenger:104857600123456:6120459871230045')
    .action((id: string, { url, ...body }: TakeOptions) =>
      withOperatorApi(url, async (client) => {
        const params = { path: { id } };
        const { heldBy } = await client.POST('/conversations/{id}/take-over', { params, body });
        const { items } = await client.GET('/conversations/{id}/messages', {
          params: { ...params, query: { limit: SHOWN_MESSAGES } },
        });
        for (const message of items.toReversed()) say(lineOf(message));
        progress(
          `\n${heldBy} has the conversation, and the bot is silent.` +
            `\nWrite with:      everthread say ${id} "…"` +
            `\nGive back with:  everthread handoff give ${id} --note "…"`,
        );
      }),
    );
}

function lineOf({ at, author, text, attachments }: Schemas['Message']): string {
  const shown = withoutControlCharacters(textOf({ text, attachments: attachments.map(({ type }) => type) }));
  return `${at.slice(0, 16).replace('T', ' ')} UTC  ${author.padEnd(9)}  ${shown}`;
}

function giveCommand(): Command {
  return new Command('give')
    .description('Let the bot answer again.')
    .argument(...CONVERSATION)
    .option('--note <text>', 'a word for the bot and its assistant; the person does not see it')
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nExample:\n  everthread handoff give messenger:104857600123456:6120459871230045 --note "Refunded."',
    )
    .action((id: string, { url, ...body }: ApiOptions & { readonly note?: string }) =>
      withOperatorApi(url, async (client) => {
        await client.POST('/conversations/{id}/give-back', { params: { path: { id } }, body });
        progress('The bot answers again.');
      }),
    );
}
