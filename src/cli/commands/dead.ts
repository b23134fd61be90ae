import { Command, InvalidArgumentError } from 'commander';
import { loadConfig, storeUrl } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import type { DeadEvent, DeadEvents } from '../../store/inbox/dead-events.ts';
import { openStore } from '../../store/index.ts';
import { print, progress, say, WHICH_STORE } from '../terminal.ts';

/** `everthread dead`: the inbox events that Temporal rejected for good. */
export function deadCommand(): Command {
  return new Command('dead')
    .description('List, retry or drop the inbox events that Temporal rejected for good.')
    .addHelpText('after', '\nExample:\n  everthread dead list\n  everthread dead retry 1042 1043')
    .addCommand(listCommand())
    .addCommand(retryCommand())
    .addCommand(dropCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('List the dead events with inbox id, time, conversation, kind and reason; the newest last.')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  everthread dead list --json')
    .action(({ json }: { readonly json?: true }) =>
      withDeadEvents(async (deadEvents) => {
        if (!(await print(deadEventLines(deadEvents, json ? deadEventAsJson : deadEventAsText))))
          progress(`No event is dead. ${WHICH_STORE}`);
      }),
    );
}

function retryCommand(): Command {
  return new Command('retry')
    .description('Deliver dead events again: they become pending, and a running api finds them.')
    .argument('[ids...]', 'inbox ids, as `everthread dead list` prints them', inboxIds)
    .option('--all', 'all dead events')
    .addHelpText('after', '\nExample:\n  everthread dead retry --all')
    .action((ids: readonly number[], { all }: { readonly all?: true }) => {
      if ((ids.length === 0) === (all === undefined))
        throw new BotError('dead_events_unnamed', 'Name the inbox ids to retry, or write --all for every dead event.');
      return withDeadEvents(async (deadEvents) => {
        report('pending again', await deadEvents.retry(all ? 'all' : ids), ids);
      });
    });
}

function dropCommand(): Command {
  return new Command('drop')
    .description('Give dead events up for good: no conversation will get them. Their rows stay in the store.')
    .argument('<ids...>', 'inbox ids, as `everthread dead list` prints them', inboxIds)
    .addHelpText('after', '\nExample:\n  everthread dead drop 1042')
    .action((ids: readonly number[]) =>
      withDeadEvents(async (deadEvents) => report('dropped', await deadEvents.drop(ids), ids)),
    );
}

/** Commander calls this once per argument, with what it returned for those before. */
function inboxIds(text: string, before: readonly number[] = []): readonly number[] {
  if (/^[1-9]\d{0,14}$/.test(text)) return [...before, Number(text)];
  throw new InvalidArgumentError('Write inbox ids such as 1042; everthread dead list prints them.');
}

async function withDeadEvents(work: (deadEvents: DeadEvents) => Promise<void>): Promise<void> {
  const store = await openStore(storeUrl(loadConfig(process.env, { warn: progress })));
  try {
    await work(store.deadEvents);
  } finally {
    await store.close();
  }
}

/** Says what was changed; ids that are not of dead events make the command fail. */
function report(what: string, changed: readonly number[], asked: readonly number[]): void {
  say(`${changed.length} ${changed.length === 1 ? 'event is' : 'events are'} ${what}.`);
  const others = [...new Set(asked)].filter((id) => !changed.includes(id));
  if (others.length === 0) return;
  say(`Not dead, and left alone: ${others.join(', ')}. See everthread dead list.`);
  process.exitCode = 1;
}

async function* deadEventLines(deadEvents: DeadEvents, line: (event: DeadEvent) => string): AsyncIterable<string> {
  for await (const event of deadEvents.list()) yield line(event);
}

function deadEventAsJson({ at, receivedAt, ...event }: DeadEvent): string {
  const times = { at: new Date(at).toISOString(), receivedAt: new Date(receivedAt).toISOString() };
  return `${quoteForTerminal({ ...event, ...times })}\n`;
}

function deadEventAsText({ inboxId, conversation, kind, receivedAt, reason }: DeadEvent): string {
  const time = new Date(receivedAt).toISOString();
  return `${withoutControlCharacters(`${inboxId}  ${time}  ${conversation}  ${kind}`)}  ${quoteForTerminal(reason)}\n`;
}
