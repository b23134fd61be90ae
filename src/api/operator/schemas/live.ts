import { z } from 'zod';
import { pageId, time } from './common.ts';
import { messageView, noteView } from './conversation.ts';
import { conversationSummary } from './conversations.ts';
import { presentOperators } from './presence.ts';

const conversation = z.string().describe('The conversation id.');

/** A kind of event: its name, and its data. */
const kind = <Name extends string, Data extends z.ZodType>(event: Name, data: Data, description: string) =>
  z.object({
    event: z.literal(event).describe('The field `event` of the frame.'),
    data: data.describe(`The field \`data\` of the frame, as JSON. ${description}`),
  });

/** What a stream says. Each event has the state as it is when it is sent, so that one that comes twice changes nothing. */
export const liveEvent = z
  .discriminatedUnion('event', [
    kind(
      'reset',
      z.object({
        reason: z
          .enum(['connected', 'id_unknown', 'too_far_behind'])
          .describe(
            '`connected`: no `Last-Event-ID` was sent. `id_unknown`: this store has not given it yet, or it is of another store. `too_far_behind`: too much has changed since, or somebody was erased.',
          ),
      }),
      'Read the lists now; what follows is newer than this event.',
    ),
    kind('conversation', conversationSummary, 'The conversation has changed; it is as in the list.'),
    kind(
      'messages',
      z.object({
        conversation,
        items: z.array(messageView).describe('New and changed lines; one with `sendId` replaces the one of that id.'),
        removed: z.array(z.string()).describe('Ids of messages that the person unsent.'),
      }),
      'Lines of the transcript have changed.',
    ),
    kind(
      'receipts',
      z.object({
        conversation,
        deliveredUntil: time.nullable().describe('Everything sent until then was delivered.'),
        readUntil: time.nullable().describe('Everything sent until then was read.'),
      }),
      'The marks of sent messages have changed.',
    ),
    kind(
      'notes',
      z.object({
        conversation,
        items: z.array(noteView).describe('New notes.'),
        removed: z.array(z.string()).describe('Ids of notes that were deleted.'),
      }),
      'Notes were written or deleted.',
    ),
    kind(
      'presence',
      z.object({ conversation, operators: presentOperators }),
      'An operator came, went, types or types no more. Renewals are not told.',
    ),
    kind(
      'dead_events',
      z.object({ page: pageId.describe('The id of the Page.'), dead: z.int().describe('How many it has now.') }),
      'The dead events of a Page have changed.',
    ),
    kind('erased', z.object({ conversation }), 'The person and all that was stored of them is gone.'),
  ])
  .meta({ id: 'LiveEvent', description: 'An event of the stream; further ones may be added, so ignore unknown ones.' });
/** What a stream says. */
export type LiveEvent = z.output<typeof liveEvent>;

/** Where a stream goes on. */
export const liveHeaders = z.object({
  'last-event-id': z
    .string()
    .optional()
    .describe('The id of the last event that the client has seen; browsers send it by themselves.'),
});

/** The answer of the stream. */
export const liveResponse = {
  description: 'Server-sent events; every few seconds a comment with the id up to which nothing else has happened.',
  content: { 'text/event-stream': { schema: liveEvent } },
};
