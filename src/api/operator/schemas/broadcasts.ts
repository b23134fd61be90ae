import { z } from 'zod';
import { EDITION_CURE, EDITION_PATTERN, FIRST_EDITION } from '../../../broadcasts/runs.ts';
import { time } from './common.ts';

const edition = z
  .string()
  .regex(EDITION_PATTERN, EDITION_CURE)
  .describe(`Each person gets an edition once; name another one to send it again. Default: ${FIRST_EDITION}.`);

/** The path of one broadcast. */
export const broadcastPath = z.object({ name: z.string().min(1).max(200).describe('The name of the broadcast.') });

/** Which edition to start or to count. */
export const broadcastBody = z.strictObject({ edition: edition.optional() }).nullish();

const people = z.number().int();
const leftOut = z.record(z.string(), people).describe('People who are left out, by reason: a code of docs/errors.md.');

const tags = z.array(z.string());
const segment = z
  .object({
    all: tags.describe('They have all of these tags.'),
    any: tags.describe('They have at least one of these tags; empty: no matter which.'),
    none: tags.describe('They have none of these tags.'),
    activeWithinMs: z
      .number()
      .int()
      .nullable()
      .describe('They did something at most this long ago; null: no matter when.'),
    leftLead: z.string().nullable().describe('They left a lead in the form of this name; null: no matter whether.'),
  })
  .describe('The people whom it is for: all of it must hold.');

const runFields = {
  status: z
    .enum(['never', 'running', 'finished', 'failed'])
    .describe(
      'Of the latest run that was started by hand; `never`: none is known. A run that was stopped is `finished`.',
    ),
  edition: z.string().nullable().describe('The edition of the latest run.'),
  startedAt: time.nullable().describe('When the latest run started.'),
  result: z.string().nullable().describe('How the latest run ended, and whom it reached, in words; null: it did not.'),
};

const schedule = z
  .object({
    when: z.string().describe('By the clock of each person, in words: `20:00`, `09:00 of monday`.'),
    timeZone: z.string().describe('The time zone of people whose own is not known.'),
    nextAt: time.describe('The next time in that time zone. In other zones it comes up to a day earlier or later.'),
    status: z
      .enum(['active', 'paused', 'missing'])
      .describe('`missing`: a worker creates it within ten minutes after its start.'),
  })
  .nullable()
  .describe('When it starts by itself; null: never.');

const summaryFields = {
  name: z.string().describe('The name of the broadcast.'),
  segment,
  perSecond: z.number().describe('People per second, at most.'),
  schedule,
  ...runFields,
};

/** A broadcast of the bot. */
const broadcastSummary = z
  .object(summaryFields)
  .meta({ id: 'BroadcastSummary', description: 'A broadcast of the bot, and its latest run.' });

/** The broadcasts of the bot. */
export const broadcastList = z
  .object({
    items: z.array(broadcastSummary).describe('Those of the bot of the worker that started last, in its order.'),
  })
  .meta({ id: 'BroadcastList', description: 'The broadcasts of the bot.' });

/** A broadcast, and how far it is. */
export const broadcastView = z
  .object({
    ...summaryFields,
    tally: z
      .object({ begun: people.describe('People with whom it has begun.'), leftOut })
      .nullable()
      .describe('Of a running one; null also while no worker answers.'),
  })
  .meta({ id: 'Broadcast', description: 'A broadcast of the bot, and how far its latest run is.' });

/** What became of a start, a stop, a pause or its end. */
export const broadcastChange = z
  .object({
    status: z
      .enum(['started', 'stopping', 'paused', 'resumed'])
      .describe(
        '`stopping`: it starts with no further people. `paused`: it does not start by itself until it is resumed.',
      ),
    edition: z.string().nullable().describe('The edition that was started.'),
  })
  .meta({
    id: 'BroadcastChange',
    description: 'What became of the start, the stop, the pause or the end of the pause of a broadcast.',
  });

/** Whom a broadcast would reach. */
export const dryRunView = z
  .object({
    edition: z.string().describe('The edition that was counted for.'),
    begun: people.describe('People with whom it would begin now.'),
    leftOut,
    examples: z
      .array(
        z.object({
          reason: z.string().describe('Why they are left out, as in `leftOut`; `begun`: it would begin with them.'),
          people: z
            .array(
              z.object({
                conversation: z.string().describe('The conversation id.'),
                name: z.string().nullable().describe("The person's name; null as long as Meta does not tell it."),
              }),
            )
            .describe('At most 20.'),
        }),
      )
      .describe('Some of the people of each reason.'),
    isComplete: z.boolean().describe('`false`: the time was over before everybody was counted.'),
  })
  .meta({ id: 'DryRun', description: 'Whom a broadcast would reach now; nothing is sent.' });
