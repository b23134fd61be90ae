import { z } from 'zod';
import type { PersonSectionName } from '../../../store/person/tables.ts';
import { time } from './common.ts';

/** What each part of an export has. */
const SECTIONS: Readonly<Record<PersonSectionName, string>> = {
  inboundEvents: 'What Meta told of the person: the event, and as `raw` the item of the webhook while it is kept.',
  sends: 'What was sent to the person or was to be sent, and what became of it.',
  transcript: 'What was said.',
  leads: 'What the person filled in, with the words that they agreed to.',
  outgoingEvents: 'Of what other systems were told, are told, or could not be told.',
  funnelSteps: 'When they reached the steps of funnels for the first time.',
  notes: 'What operators wrote down about them.',
  handoff: 'Who answers them.',
  handoffWaits: 'How long they waited for an operator.',
  externalIds: 'By which ids other systems know them.',
  topics: 'What other systems emitted for them.',
  snapshot: 'The last saved state of the conversation: the states of plugins, wake-ups, the last lines.',
  operatorLog: 'What operators did in the conversation.',
  contact: 'Name, language, time zone, tags, opt-outs and receipts.',
};

const section = (description: string) => z.array(z.record(z.string(), z.unknown())).describe(description);
const sections = Object.fromEntries(Object.entries(SECTIONS).map(([name, words]) => [name, section(words)])) as Record<
  PersonSectionName,
  ReturnType<typeof section>
>;

/** All that is known of a person. */
export const personExport = z
  .object({
    conversation: z.string().describe('The conversation id.'),
    exportedAt: time.describe('When the export began.'),
    workflows: z
      .array(
        z.object({
          workflowId: z.string().describe('The id of the workflow.'),
          runId: z.string().describe('The id of the run.'),
          type: z.string().describe('`conversation`, or the name of the sequence.'),
          status: z.string().describe("In Temporal's words: `RUNNING`, `COMPLETED`, `CONTINUED_AS_NEW`, …"),
          startedAt: time.describe('When the run began.'),
          closedAt: time.nullable().describe('When it ended; null: it runs.'),
        }),
      )
      .describe('Every run that Temporal still has.'),
    ...sections,
  })
  .meta({
    id: 'PersonExport',
    description:
      'Everything of one person. Times are ISO 8601, fields without a value are left out, and each part is a list.',
  });

/** The path of one erasure. */
export const erasurePath = z.object({ erasureId: z.string().max(100).describe('The id of the erasure.') });

/** An erasure. */
export const erasureView = z
  .object({
    id: z.string().describe('The id of the erasure. It says nothing of the person.'),
    status: z.enum(['under_way', 'finished']).describe('`finished`: nothing of the person is left.'),
    requestedBy: z.string().nullable().describe('The operator who asked for it; null: the person, by Meta.'),
    requestedAt: time.describe('When it was asked for.'),
    finishedAt: time.nullable().describe('When nothing was left; null: it is under way.'),
  })
  .meta({ id: 'Erasure', description: 'The erasure of one person.' });
