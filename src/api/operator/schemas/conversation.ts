import { z } from 'zod';
import { MAX_TAG_CHARS } from '../../../domain/tags.ts';
import { MAX_NOTE_CHARS } from '../../../store/notes.ts';
import { conversationPath, nextCursor, pageQuery, runningSequence, time } from './common.ts';
import { conversationFields } from './conversations.ts';
import { presentOperators } from './presence.ts';

/** A conversation with all of its leads would have no end. */
export const MAX_LEADS_OF_PERSON = 10;

const verdictView = z.object({
  status: z.enum(['allowed', 'held', 'refused']).describe('Whether Meta would get a text sent now, later, or not.'),
  as: z
    .enum(['RESPONSE', 'UPDATE', 'HUMAN_AGENT', 'CUSTOMER_FEEDBACK', 'UTILITY'])
    .nullable()
    .describe("Meta's messaging type, or its tag; null unless it is allowed."),
  reason: z.string().nullable().describe('The code of the reason, as in docs/errors.md; null if it is allowed.'),
  words: z.string().nullable().describe('The reason in words; null if it is allowed.'),
  allowedAfter: z.string().nullable().describe('What ends a refusal: time alone does not.'),
  until: time
    .nullable()
    .describe('When the verdict is another one, while nothing happens; null: time changes nothing.'),
});

/** A note about a person. */
export const noteView = z
  .object({
    id: z.string().describe('The id of the note.'),
    operator: z.string().describe('Who wrote it.'),
    text: z.string().describe('Its text; never sent.'),
    at: time.describe('When it was written.'),
  })
  .meta({ id: 'Note', description: 'What an operator wrote down about a person; never sent.' });

/** One conversation. */
export const conversationView = z
  .object({
    ...conversationFields,
    contact: z
      .object({
        psid: z.string().describe("The person's id for this Page."),
        firstSeenAt: time.describe('When the store heard of the person for the first time.'),
        firstName: z.string().nullable().describe('Null as long as Meta does not tell it.'),
        lastName: z.string().nullable().describe('Null as long as Meta does not tell it.'),
        locale: z.string().nullable().describe('As Meta writes it: `pt_PT`.'),
        timeZone: z.string().nullable().describe('An IANA name, or an offset from UTC.'),
        lastActionAt: time.nullable().describe('When the person last did something that opens the window.'),
        optedOutAt: time.nullable().describe('When they opted out; null: they did not, or opted in later.'),
        unavailableSince: time.nullable().describe('Since when Meta says that they cannot be reached.'),
        adWindowUntil: time
          .nullable()
          .describe('Meta may keep the window open until then, after a click on an ad; null: no ad does.'),
        threadOwner: z
          .object({
            app: z.string().describe('The id of the app; `idle` for none, `other` for one that Meta did not name.'),
            since: time.describe('Since when.'),
          })
          .nullable()
          .describe('Which app has control of the thread; null: Meta has not said that another one has it.'),
        deliveredUntil: time.nullable().describe('Everything sent until then was delivered.'),
        readUntil: time.nullable().describe('Everything sent until then was read.'),
      })
      .describe('What is known of the person.'),
    notes: z.array(noteView).describe('The newest notes, oldest first.'),
    externalIds: z
      .array(
        z.object({
          system: z.string().describe('The name of the system, as in `ctx.link`.'),
          id: z.string().describe('The id in that system.'),
          since: time.describe('Since when it is this person.'),
        }),
      )
      .describe('By which ids other systems know the person, the oldest first.'),
    leads: z
      .array(
        z.object({
          id: z.string().describe('The id of the lead.'),
          form: z.string().describe('The name of the form.'),
          fields: z.record(z.string(), z.string()).describe('The answers, by field.'),
          at: time.describe('When it was left.'),
        }),
      )
      .describe(`The newest ${MAX_LEADS_OF_PERSON} leads of the person, newest first; \`GET /leads\` has all.`),
    verdict: z
      .object({
        bot: verdictView.describe('For an answer of the bot.'),
        operator: verdictView.describe('For an answer of an operator.'),
      })
      .describe("What Meta's rules say of a text that is sent now."),
    sequences: z
      .array(runningSequence)
      .nullable()
      .describe('The running sequences and what they wait for; null if that is not known now.'),
    progress: z
      .array(
        z.object({
          plugin: z.string().describe('The name of the plugin.'),
          progress: z.string().describe('How far the person has come in it, in its own words.'),
        }),
      )
      .nullable()
      .describe('The progress of the plugins that tell it; null if that is not known now.'),
    scheduled: z
      .array(
        z.object({
          id: z.string().describe('The send id, under which it is in the messages afterwards.'),
          operator: z.string().describe('The name of the operator who wrote it.'),
          text: z.string().describe('What it says.'),
          at: time.describe('When it goes out.'),
        }),
      )
      .nullable()
      .describe('Messages of operators that go out later, the next one first; null if that is not known now.'),
    operators: presentOperators,
    missing: z.string().nullable().describe('Why the sequences or the progress are not known, in a sentence.'),
  })
  .meta({ id: 'Conversation', description: 'One conversation, with all that an operator decides by.' });
/** One conversation. */
export type ConversationView = z.output<typeof conversationView>;
/** What the policy says, in the form of the API. */
export type VerdictView = z.output<typeof verdictView>;

/** Which part of the transcript to read. */
export const messagesQuery = z.strictObject({
  ...pageQuery,
  order: z.enum(['newest', 'oldest']).default('newest').describe('Which end comes first. Default: newest.'),
});

/** A line of the transcript. */
export const messageView = z
  .object({
    id: z.string().describe("Meta's message id, or the send id of a message that Meta has not taken."),
    author: z.enum(['person', 'bot', 'operator', 'other_app']).describe('Who wrote it.'),
    authorName: z
      .string()
      .nullable()
      .describe(
        "The operator's name, or what of the bot wrote it: `plugin faq`, `sequence spring-offer`, `the fallback`; null where nobody knows it.",
      ),
    text: z.string().nullable().describe('Its text; null for a message without one.'),
    attachments: z
      .array(
        z.object({
          type: z.string().describe("In Meta's words: `image`, `audio`, `file`, …"),
          url: z.string().nullable().describe('Where Meta keeps it; the address expires.'),
        }),
      )
      .describe('What was sent with it.'),
    at: time.describe('When it was said, or when the send was recorded.'),
    editedAt: time.nullable().describe('When the person last edited it.'),
    status: z
      .enum(['received', 'sent', 'delivered', 'read', 'pending', 'refused', 'failed', 'unknown'])
      .describe(
        '`received`: of the person. `pending`: not sent yet, or nobody knows yet. `unknown`: perhaps delivered, and not sent again.',
      ),
    reason: z.string().nullable().describe('Why it is not sent: a code of docs/errors.md.'),
    words: z.string().nullable().describe('The same in words.'),
    sendId: z.string().nullable().describe('The send id of our own messages.'),
  })
  .meta({ id: 'Message', description: 'A message of the transcript, or a send that did not get there.' });
/** A message in the transcript. */
export type MessageView = z.output<typeof messageView>;

/** A page of the transcript. */
export const messageList = z
  .object({ items: z.array(messageView).describe('The messages, in the order that was asked for.'), nextCursor })
  .meta({ id: 'MessageList', description: 'A page of the transcript, without messages that were unsent.' });

/** The body of a note. */
export const noteBody = z.strictObject({
  text: z.string().trim().min(1).max(MAX_NOTE_CHARS).describe(`1 to ${MAX_NOTE_CHARS} characters.`),
});

/** The notes of a person. */
export const noteList = z
  .object({ items: z.array(noteView).describe('The newest notes, oldest first.') })
  .meta({ id: 'NoteList', description: 'The notes about a person.' });

/** The path of one note. */
export const notePath = conversationPath.extend({ noteId: z.string().max(100).describe('The id of the note.') });

/** The path of one tag. */
export const tagPath = conversationPath.extend({
  tag: z.string().trim().min(1).max(MAX_TAG_CHARS).describe('The tag, percent-encoded.'),
});

/** The tags of a person. */
export const tagList = z
  .object({ tags: z.array(z.string()).describe('The tags that the person has now.') })
  .meta({ id: 'TagList', description: 'The tags of a person.' });

/** The body of a look; it may be left out. */
export const seenBody = z
  .strictObject({
    until: z.iso
      .datetime()
      .optional()
      .describe('The time of the newest message that was shown. Default: everything so far.'),
  })
  .nullish();
