import { toLeadRecord } from '../domain/lead.ts';
import type { LeadFilter, Leads } from '../store/leads.ts';
import { csvLine } from './csv.ts';

const CONSENT_COLUMNS = ['consent', 'consent given', 'consent at'];

/** Leads as lines of a CSV file. The columns must be known before the first line: the leads are read twice, and never all in memory. */
export async function* leadsAsCsv(leads: Pick<Leads, 'walk'>, filter: LeadFilter): AsyncIterable<string> {
  const names = new Set<string>();
  for await (const { lead } of leads.walk(filter)) for (const name of Object.keys(lead.fields)) names.add(name);
  yield csvLine(['id', 'form', 'at', 'page', 'person', ...names, ...CONSENT_COLUMNS]);
  for await (const { lead } of leads.walk(filter)) {
    const { id, form, at, pageId, psid, fields, consent } = toLeadRecord(lead);
    // A lead with new fields came between the two readings: the next export has it.
    if (Object.keys(fields).some((name) => !names.has(name))) continue;
    const answers = [...names].map((name) => (Object.hasOwn(fields, name) ? (fields[name] ?? '') : ''));
    yield csvLine([
      id,
      form,
      at,
      pageId,
      psid,
      ...answers,
      consent?.text ?? '',
      consent?.given ?? '',
      consent?.at ?? '',
    ]);
  }
}
