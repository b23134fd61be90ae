import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import type { ContactQuery } from '../../domain/contact.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import { msOf, type Duration } from '../../plugins/duration.ts';
import { contactQuery, segmentNamed } from '../../plugins/segment.ts';
import type { Audience, AudienceMember } from '../../store/audience.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { readBot } from '../read-bot.ts';
import { personName, print, progress, say, WHICH_STORE } from '../terminal.ts';

interface ContactsOptions {
  readonly segment?: string;
  readonly tag?: readonly string[];
  readonly without?: readonly string[];
  readonly activeWithin?: number;
  readonly lead?: string;
  readonly count?: true;
  readonly format: 'table' | 'json';
}

/** `everthread contacts`: lists or counts people by tags, segments and activity. */
export function contactsCommand(): Command {
  return new Command('contacts')
    .description('List or count the people who have written to the bot: all, those in a segment, or those with tags.')
    .argument('[bot]', "the bot's file, for --segment (default: BOT, or ./bot.ts)")
    .option('--segment <name>', "one of the bot's segments")
    .option('--tag <tags...>', 'people with all of these tags')
    .option('--without <tags...>', 'people with none of these tags')
    .option('--active-within <time>', "people who wrote or tapped within this time, such as 7d or '24 hours'", duration)
    .option('--lead <form>', 'people who left a lead in this form')
    .option('--count', 'print only their number')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .addHelpText('after', "\nExample:\n  everthread contacts --segment warm-leads --active-within '24 hours' --count")
    .action(async (bot: string | undefined, options: ContactsOptions) => {
      const config = loadConfig(process.env, { warn: progress });
      const queries = [queryOfOptions(options), ...(await queriesOfSegment(options, bot ?? config.bot))];
      const store = await openConfiguredStore(config);
      try {
        if (options.count) say(String(await store.audience.count(intersection(queries), Date.now())));
        else if (!(await print(contactLines(store.audience, intersection(queries), options.format))))
          progress(`No person matches. ${WHICH_STORE}`);
      } finally {
        await store.close();
      }
    });
}

function duration(text: string): number {
  const ms = /[a-z]/i.test(text) ? readMs(text) : 0;
  if (ms > 0) return ms;
  throw new InvalidArgumentError("Write a time such as 7d, 12h or '3 days'.");
}

/** 0 for a text that is not a duration. */
function readMs(text: string): number {
  try {
    return msOf(text as Duration);
  } catch {
    return 0;
  }
}

function queryOfOptions({ tag, without, activeWithin, lead }: ContactsOptions): ContactQuery {
  return contactQuery({
    ...(tag && { all: tag }),
    ...(without && { none: without }),
    ...(activeWithin !== undefined && { activeWithin }),
    ...(lead !== undefined && { leftLead: lead }),
  });
}

async function queriesOfSegment({ segment }: ContactsOptions, bot: string): Promise<readonly ContactQuery[]> {
  if (segment === undefined) return [];
  const { segments = {} } = await readBot(bot);
  return [contactQuery(segmentNamed(segments, segment))];
}

/** The query for people who match both: the options and the segment. */
function intersection(queries: readonly ContactQuery[]): ContactQuery {
  const [one = {}, other = {}] = queries;
  const { all = [], none = [], activeWithinMs = Infinity } = one;
  const within = Math.min(activeWithinMs, other.activeWithinMs ?? Infinity);
  if (one.leftLead !== undefined && other.leftLead !== undefined && one.leftLead !== other.leftLead) {
    throw new BotError('segment_unknown', `The segment asks for leads of ${other.leftLead}. Leave --lead out.`);
  }
  return {
    ...other,
    ...one,
    all: [...all, ...(other.all ?? [])],
    none: [...none, ...(other.none ?? [])],
    ...(Number.isFinite(within) && { activeWithinMs: within }),
  };
}

const PEOPLE_PER_PAGE = 500;

/** One line for each person with ids, name, tags and times, without messages. */
export async function* contactLines(
  audience: Audience,
  query: ContactQuery,
  format: ContactsOptions['format'],
): AsyncIterable<string> {
  let after: ConversationId | undefined;
  for (;;) {
    const page = { limit: PEOPLE_PER_PAGE, ...(after !== undefined && { after }) };
    const members = await audience.page(query, page, Date.now());
    for (const member of members) yield format === 'json' ? contactAsJson(member) : contactAsText(member);
    after = members.at(-1)?.contact.conversation;
    if (members.length < PEOPLE_PER_PAGE) return;
  }
}

function contactAsJson({ contact }: AudienceMember): string {
  const { conversation, pageId, psid, firstName, lastName, windowOpenedAt, optedOutAt, tags = [] } = contact;
  const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  const names = { ...(firstName !== undefined && { firstName }), ...(lastName !== undefined && { lastName }) };
  const times = { lastActive: iso(windowOpenedAt), optedOut: iso(optedOutAt) };
  const line = { conversation, pageId, psid, ...names, tags, ...times };
  return `${quoteForTerminal(line)}\n`;
}

function contactAsText({ contact }: AudienceMember): string {
  const { conversation, windowOpenedAt, optedOutAt, tags = [] } = contact;
  const active =
    windowOpenedAt === undefined ? 'never active    ' : new Date(windowOpenedAt).toISOString().slice(0, 16);
  const known = tags.length > 0 ? `  ${tags.map((tag) => quoteForTerminal(tag)).join(' ')}` : '';
  const name = personName(contact);
  return `${withoutControlCharacters(conversation)}  ${active}${name && `  ${name}`}${optedOutAt === undefined ? '' : '  opted out'}${known}\n`;
}
