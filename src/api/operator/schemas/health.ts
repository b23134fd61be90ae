import { z } from 'zod';
import { pageId, time } from './common.ts';

const checkedAt = time.nullable().describe('When it was last looked at; null: never.');

const pageHealth = z.object({
  id: pageId.describe('The id of the Page, or of the Instagram account.'),
  circuitBreaker: z
    .object({
      state: z
        .enum(['closed', 'open', 'half_open'])
        .describe('`open`: nothing is sent for the Page; `half_open`: the next send is the probe.'),
      reason: z.enum(['token_invalid', 'restricted']).nullable().describe('Why it is open; null: it is closed.'),
      code: z.string().nullable().describe("Meta's code, or `policy_enforcement`; null: it is closed."),
      since: time.nullable().describe('Since when it is open.'),
      probeAt: time.nullable().describe('When the next probe is due.'),
    })
    .describe('Whether messages go out.'),
  subscription: z
    .object({
      status: z
        .enum(['complete', 'incomplete', 'removed', 'unknown'])
        .describe(
          '`incomplete`: fields that the bot needs are `missing`; `removed`: Meta sends no event of the Page; `unknown`: this process does not check it, has not yet, or Meta did not say.',
        ),
      missing: z.array(z.string()).describe('Fields that the bot needs and Meta does not send.'),
      checkedAt,
    })
    .describe("Whether Meta sends the Page's events."),
  token: z
    .object({
      status: z
        .enum(['accepted', 'refused', 'unknown'])
        .describe('Whether Meta took the token when it was last used for a check, or refused it for a send.'),
      checkedAt,
    })
    .describe("The Page's access token."),
  lastEventAt: time
    .nullable()
    .describe('When its last event was received; null: it is not among the newest 10,000 of all Pages.'),
  pending: z
    .object({
      events: z.number().int().describe('How many, of the 10,000 oldest of all Pages.'),
      oldestAt: time.nullable().describe('When the oldest of them was received.'),
    })
    .describe('Events that wait for delivery to their conversations.'),
  deadEvents: z.number().int().describe('Events that Temporal rejected for good: `GET /dead-events`.'),
});
/** How one Page is. */
export type PageHealth = z.output<typeof pageHealth>;

/** How everything is. */
export const healthView = z
  .object({
    store: z.enum(['ok', 'cannot_write', 'damaged', 'replaced']).describe('Whether the store can be written.'),
    temporal: z.enum(['ok', 'away']).describe('Whether Temporal answers.'),
    worker: z
      .enum(['ok', 'away', 'unknown'])
      .describe('Whether a worker asked Temporal for work in the last 90 seconds; `unknown` while Temporal is away.'),
    pages: z
      .array(pageHealth)
      .describe('Your Pages that this api process serves, or of which the store knows something.'),
  })
  .meta({ id: 'Health', description: 'Whether messages come in and go out.' });

const days = z.number().nullable();

/** The settings. */
export const settingsView = z
  .object({
    version: z.string().describe('The version of everthread of this api process.'),
    isEncrypted: z.boolean().describe('Whether what people and operators write is encrypted in the store.'),
    retentionDays: z
      .object({
        rawBodies: days.describe('Webhook items as Meta sent them.'),
        events: days.describe('Events that were delivered or given up.'),
        transcript: days.describe('Messages, and the records of sends.'),
        leads: days.describe('Leads.'),
        notes: days.describe('Notes of operators.'),
        states: days.describe('States of conversations that have closed.'),
        numbers: days.describe('Steps of funnels, and waits for operators.'),
        operatorLog: days.describe('The operator log.'),
      })
      .describe('For how many days each kind of data is kept; null: for ever.'),
    silentAfterHumanMinutes: z
      .number()
      .nullable()
      .describe("How long the bot is silent after an operator's message; null: no worker has reported it."),
    unansweredAfterMinutes: z
      .number()
      .describe('After how long destinations hear that a person who waits for an operator is unanswered.'),
  })
  .meta({ id: 'Settings', description: 'What administrators may know of the settings; nothing secret.' });
/** The settings, in the form of the API. */
export type SettingsView = z.output<typeof settingsView>;
