import { z } from 'zod';
import { TURN_ANSWERS } from '../../../domain/turn-record.ts';
import { time } from './common.ts';

const turnView = z
  .object({
    id: z.string().describe('The id of its cause, for traces: `i` and the inbox id of its first event.'),
    sends: z
      .string()
      .describe(
        'The `sendId` of each message that it caused begins with this, those of sequences that it started included.',
      ),
    at: time.describe("When it began, by the person's clock."),
    events: z
      .array(
        z.object({
          id: z.string().describe('Its id for traces: `i` and the inbox id.'),
          kind: z.string().describe('The kind of event: `message`, `postback`, `reaction`, …'),
          at: time.describe("When it happened, by Meta's clock."),
          messageId: z.string().nullable().describe('The `id` of its message in the transcript; null: it is none.'),
        }),
      )
      .describe('What began it: a burst of messages is one turn. Events that are deleted by now are left out.'),
    answers: z
      .array(
        z.object({
          hook: z
            .string()
            .describe('The hook: `onMessage`, …; `reply`, `fallback`, `turn` or `sequence` for what is no plugin.'),
          who: z
            .string()
            .describe('A plugin by its name; `sequence spring-offer`, `the fallback`, or what silenced the bot.'),
          answer: z
            .enum(TURN_ANSWERS)
            .describe(
              '`failed`: its hook failed, the log says why; `silent`: `who` answers; `started`: a sequence began.',
            ),
          words: z.string().describe('The same in a sentence.'),
        }),
      )
      .describe('What the parts of the bot answered, in order; at most 20.'),
  })
  .meta({ id: 'Turn', description: 'What the bot did with one event, or with a burst of them.' });

/** The last turns of a conversation. */
export const turnList = z
  .object({
    items: z.array(turnView).describe('The turns, newest first: the last 20, of at most 7 days.'),
    missing: z.string().nullable().describe('Why they are not known, in a sentence.'),
  })
  .meta({ id: 'TurnList', description: 'What the bot did between the messages of a conversation.' });
/** The last turns of a conversation, in the form of the API. */
export type TurnListView = z.output<typeof turnList>;
