/** What a bot calls in the `activities.ts` beside it. */

import { BotError } from '../../domain/bot-error.ts';
import type { Bot } from '../../plugins/bot.ts';

/** One function, and who calls it. */
export interface NeededActivity {
  /** `plugin "crm"`, `sequence "spring-offer"`. */
  readonly caller: string;
  readonly activity: string;
}

export function neededActivities({ plugins, sequences = [] }: Bot): NeededActivity[] {
  return [
    ...plugins.map((plugin) => activitiesOf('plugin', plugin)),
    ...sequences.map((one) => activitiesOf('sequence', one)),
  ].flat();
}

function activitiesOf(
  what: string,
  { name, activities }: Pick<Bot['plugins'][number], 'name' | 'activities'>,
): NeededActivity[] {
  return Object.keys(activities?.options ?? {}).map((activity) => ({ caller: `${what} "${name}"`, activity }));
}

/** Throws when one is missing: the call would wait for a deploy that has it, and the conversation with it. */
export function checkActivities(needed: readonly NeededActivity[], there: object, folder: string): void {
  const missing = needed.filter(({ activity }) => typeof (there as Record<string, unknown>)[activity] !== 'function');
  if (missing.length === 0) return;
  const list = missing.map(({ caller: whose, activity }) => `the ${whose} calls ${activity}`).join(', ');
  throw new BotError(
    'bot_invalid',
    `activities.ts in ${folder} lacks what the bot needs: ${list}. Add it there: export const activities = { async ${missing[0]?.activity}(…) { … } };`,
  );
}
