import { Command, Option } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { toLeadRecord } from '../../domain/lead.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import { leadsAsCsv } from '../../leads/leads-as-csv.ts';
import type { LeadFilter, Leads, ListedLead } from '../../store/leads.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { parsePastTime } from '../format-time.ts';
import { personName, print, progress, WHICH_STORE } from '../terminal.ts';

interface LeadsOptions extends LeadFilter {
  readonly format: 'table' | 'csv' | 'json';
}

/** `everthread leads`: exports leads. */
export function leadsCommand(): Command {
  return new Command('leads')
    .description(
      'Print the leads that people left in forms, oldest first: as a table, as CSV, or as JSON with one lead a line.',
    )
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'csv', 'json']).default('table'))
    .option(
      '--since <when>',
      'only leads since then: a day such as 2026-10-01, a time (ISO 8601), or 7d, 12h',
      parsePastTime,
    )
    .option('--form <name>', 'only leads of this form, such as lead-capture')
    .addHelpText('after', '\nExample:\n  everthread leads --format csv --since 7d > leads.csv')
    .action(async ({ format, form, since }: LeadsOptions) => {
      const store = await openConfiguredStore(loadConfig(process.env, { warn: progress }));
      try {
        if (!(await print(linesOf(format, store.leads, { form, since })))) progress(`No lead matches. ${WHICH_STORE}`);
      } finally {
        await store.close();
      }
    });
}

/** The leads in one of the formats, with line ends. */
export function linesOf(format: LeadsOptions['format'], leads: Leads, filter: LeadFilter): AsyncIterable<string> {
  if (format === 'csv') return leadsAsCsv(leads, filter);
  return eachLine(leads.walk(filter), format === 'json' ? leadAsJson : leadAsText);
}

async function* eachLine(leads: AsyncIterable<ListedLead>, line: (lead: ListedLead) => string): AsyncIterable<string> {
  for await (const lead of leads) yield line(lead);
}

function leadAsJson({ lead }: ListedLead): string {
  return `${quoteForTerminal(toLeadRecord(lead))}\n`;
}

/** Fields are quoted: a lead must not move the terminal's cursor. */
function leadAsText({ lead, person }: ListedLead): string {
  const { at, form, pageId, psid, fields, consent } = toLeadRecord(lead);
  const answers = Object.entries(fields).map(
    ([name, value]) => `  ${withoutControlCharacters(name)}: ${quoteForTerminal(value)}\n`,
  );
  const agreed = consent ? [`  (${consent.given} ${quoteForTerminal(consent.text)}, ${consent.at})\n`] : [];
  const name = personName(person);
  return [
    `${at}  ${withoutControlCharacters(form)}  Page ${pageId}, person ${psid}${name && ` (${name})`}\n`,
    ...answers,
    ...agreed,
  ].join('');
}
