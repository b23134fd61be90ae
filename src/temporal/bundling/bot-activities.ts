/** The activities that a bot calls in the `activities.ts` beside it. */

import { BotError } from '../../domain/bot-error.ts';
import type { Bot } from '../../plugins/bot.ts';

/** An activity, and what calls it. */
export interface NeededActivity {
  /** `plugin "crm"`, `sequence "spring-offer"`. */
  readonly caller: string;
  readonly activity: string;
}

/** Every activity that the plugins and sequences of a bot declare. */
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

/** Throws when one is missing: the conversation would wait for a deployment that has it. */
export function checkActivities(needed: readonly NeededActivity[], available: object, folder: string): void {
  const missing = needed.filter(
    ({ activity }) => typeof (available as Record<string, unknown>)[activity] !== 'function',
  );
  if (missing.length === 0) return;
  const list = missing.map(({ caller: whose, activity }) => `the ${whose} calls ${activity}`).join(', ');
  throw new BotError(
    'bot_invalid',
    `activities.ts in ${folder} lacks what the bot needs: ${list}. Add it there: export const activities = { async ${missing[0]?.activity}(…) { … } };`,
  );
}
