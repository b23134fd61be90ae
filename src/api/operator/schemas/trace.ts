import { z } from 'zod';
import { time } from './common.ts';

/** The path of a trace. */
export const tracePath = z.object({
  id: z
    .string()
    .min(1)
    .max(500)
    .describe("Meta's message id, a send id (percent-encoded), or `i` and the inbox id of an event: `i1042`."),
});

/** What can happen to an event and to a send. */
export const TRACE_STEPS = [
  'received',
  'stored',
  'waiting',
  'dispatched',
  'dead',
  'dropped',
  'asked',
  'caused',
  'answered',
  'verdict',
  'called',
  'pending',
  'sent',
  'refused',
  'failed',
  'unknown',
  'echoed',
  'delivered',
  'read',
] as const;

const traceStep = z.object({
  at: time.nullable().describe('When; null: nobody recorded it, and the place in the list says it.'),
  what: z.enum(TRACE_STEPS).describe('What happened.'),
  words: z.string().describe('The same in a sentence.'),
  by: z
    .string()
    .nullable()
    .describe('Who did it: `plugin faq`, `sequence spring-offer`, `the fallback`, or the name of an operator.'),
  reason: z.string().nullable().describe('Why it went no further: a code of docs/errors.md, or what Temporal said.'),
  sendId: z.string().nullable().describe('The send that it is about; null: the event.'),
});
/** One step. */
export type TraceStep = z.output<typeof traceStep>;

/** Everything known of one message. */
export const traceView = z
  .object({
    id: z.string().describe('The id that was asked for.'),
    conversation: z.string().nullable().describe('The conversation; null for an event of none.'),
    event: z
      .object({
        id: z.string().describe('Its id for traces: `i` and the inbox id.'),
        kind: z.string().describe('The kind of event.'),
        at: time.describe("When it happened, by Meta's clock."),
      })
      .nullable()
      .describe('The inbound event with which it began; null: no event began it, or none is stored.'),
    steps: z
      .array(traceStep)
      .describe('What happened, in the order of cause; what several sends did, in the order of time.'),
    missing: z.array(z.string()).describe('What is not known, and why, each in a sentence.'),
  })
  .meta({ id: 'Trace', description: 'Everything known of one message, without its text.' });
/** Everything known of one message. */
export type TraceView = z.output<typeof traceView>;
