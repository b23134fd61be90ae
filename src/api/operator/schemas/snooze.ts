import { z } from 'zod';
import { time } from './common.ts';

/** How long a conversation can be snoozed. */
export const MAX_SNOOZE_MINUTES = 30 * 24 * 60;

/** Until when a conversation is snoozed. */
export const snoozeBody = z
  .strictObject({
    until: z.iso.datetime({ offset: true }).optional().describe('A time, at most 30 days ahead.'),
    forMinutes: z.number().int().min(1).max(MAX_SNOOZE_MINUTES).optional().describe('Or how many minutes from now.'),
  })
  .refine(({ until, forMinutes }) => (until === undefined) !== (forMinutes === undefined), {
    message: 'Give it `until` or `forMinutes`, and not both.',
  });

/** Until when a conversation is snoozed. */
export const snoozeView = z
  .object({ snoozedUntil: time.describe('When it comes back at the latest.') })
  .meta({ id: 'Snoozed', description: 'A conversation that is snoozed.' });
