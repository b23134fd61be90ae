import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import type { DeadEvent, DeadEvents } from '../../store/inbox/dead-events.ts';
import type { Store } from '../../store/index.ts';
import type { QuarantinedWorkflow } from '../../store/quarantine.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { print, progress, say, WHICH_STORE } from '../terminal.ts';

/** `everthread dead`: the inbox events that Temporal rejected for good, and the workflows that are quarantined. */
export function deadCommand(): Command {
  return new Command('dead')
    .description(
      'List, retry or drop the inbox events that Temporal rejected for good; list and retry quarantined workflows.',
    )
    .addHelpText('after', '\nExample:\n  everthread dead list\n  everthread dead retry 1042 1043')
    .addCommand(listCommand())
    .addCommand(retryCommand())
    .addCommand(dropCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description(
      'List the dead events with inbox id, time, conversation, kind and reason, the newest last; then the quarantined workflows with id, time, strikes, reason and build.',
    )
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  everthread dead list --json')
    .action(({ json }: { readonly json?: true }) =>
      withStore(async ({ deadEvents, quarantine }) => {
        const hasDead = await print(deadEventLines(deadEvents, json ? deadEventAsJson : deadEventAsText));
        const quarantined = await quarantine.list();
        await print(quarantined.map(json ? quarantinedAsJson : quarantinedAsText));
        if (!hasDead && quarantined.length === 0)
          progress(`No event is dead, and no workflow is quarantined. ${WHICH_STORE}`);
      }),
    );
}

function retryCommand(): Command {
  return new Command('retry')
    .description(
      'Deliver dead events again: they become pending, and a running api finds them. End the quarantine of workflows: workers run them again.',
    )
    .argument('[ids...]', 'inbox ids and workflow ids, as `everthread dead list` prints them', deadIds)
    .option('--all', 'all dead events and all quarantined workflows')
    .addHelpText(
      'after',
      '\nExamples:\n  everthread dead retry 1042 messenger:104857600123456:6120459871230045\n  everthread dead retry --all',
    )
    .action((ids: DeadIds | readonly [], { all }: { readonly all?: true }) => {
      // Commander passes an empty list for no arguments.
      const { inboxIds, workflowIds } = 'inboxIds' in ids ? ids : NO_IDS;
      const isNamed = inboxIds.length + workflowIds.length > 0;
      if (isNamed === (all !== undefined))
        throw new BotError(
          'dead_events_unnamed',
          'Name the inbox ids and workflow ids to retry, or write --all for every dead event and quarantined workflow.',
        );
      return withStore(async ({ deadEvents, quarantine }) => {
        if (all || inboxIds.length > 0)
          report('pending again', await deadEvents.retry(all ? 'all' : inboxIds), inboxIds);
        reportReleased(await quarantine.release(all ? 'all' : workflowIds), workflowIds);
      });
    });
}

function dropCommand(): Command {
  return new Command('drop')
    .description('Give dead events up for good: no conversation will get them. Their rows stay in the store.')
    .argument('<ids...>', 'inbox ids, as `everthread dead list` prints them', deadIds)
    .addHelpText('after', '\nExample:\n  everthread dead drop 1042')
    .action(({ inboxIds, workflowIds }: DeadIds) => {
      if (workflowIds.length > 0)
        throw new BotError(
          'dead_events_unnamed',
          `${workflowIds[0]} is a workflow, and its events are not dead: Temporal has them. Mend the bot and deploy it; or give the workflow up: temporal workflow terminate --workflow-id ${workflowIds[0]}`,
        );
      return withStore(async ({ deadEvents }) => report('dropped', await deadEvents.drop(inboxIds), inboxIds));
    });
}

interface DeadIds {
  readonly inboxIds: readonly number[];
  readonly workflowIds: readonly string[];
}

const NO_IDS: DeadIds = { inboxIds: [], workflowIds: [] };

/** Commander calls this once per argument, with what it returned for those before. */
function deadIds(text: string, { inboxIds, workflowIds }: DeadIds = NO_IDS): DeadIds {
  if (/^[1-9]\d{0,14}$/.test(text)) return { inboxIds: [...inboxIds, Number(text)], workflowIds };
  if (text.includes(':')) return { inboxIds, workflowIds: [...workflowIds, text] };
  throw new InvalidArgumentError('Write inbox ids such as 1042, or workflow ids; everthread dead list prints them.');
}

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openConfiguredStore(loadConfig(process.env, { warn: progress }));
  try {
    await work(store);
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

function reportReleased(released: readonly string[], asked: readonly string[]): void {
  if (released.length > 0) say(`No longer quarantined: ${withoutControlCharacters(released.join(', '))}.`);
  const others = [...new Set(asked)].filter((id) => !released.includes(id));
  if (others.length === 0) return;
  say(`Not quarantined, and left alone: ${withoutControlCharacters(others.join(', '))}. See everthread dead list.`);
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

function quarantinedAsJson({ at, ...workflow }: QuarantinedWorkflow): string {
  return `${quoteForTerminal({ ...workflow, at: new Date(at).toISOString() })}\n`;
}

function quarantinedAsText({ workflowId, at, strikes, reason, build }: QuarantinedWorkflow): string {
  const time = new Date(at).toISOString();
  return `${withoutControlCharacters(`${workflowId}  ${time}  quarantined, ${strikes} strikes: ${reason}  build ${build}`)}\n`;
}
