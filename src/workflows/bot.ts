/** The bot that this worker runs. */

import { BotError } from '../domain/bot-error.ts';
import { defineBot, type Bot } from '../plugins/bot.ts';
import { scheduleOf, type Broadcast } from '../plugins/broadcast/index.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { Segment } from '../plugins/segment.ts';
import type { Sequence } from '../plugins/sequence.ts';
import type { LocalTime } from '../policy/local-time.ts';
import { type LoadedBot, ownModules } from './own-modules.ts';

/** Checks the default export of the bot's file, also that of a file in plain JavaScript, which may lack `defineBot`. */
export function loadBot(file: { readonly default?: Bot | undefined }): LoadedBot {
  if (typeof file.default !== 'object') {
    throw new BotError('bot_invalid', 'it has no bot as its default export. Write: export default defineBot({ … })');
  }
  const checked = defineBot(file.default);
  const ofBroadcasts = (checked.broadcasts ?? []).map(({ sequence }) => sequence);
  const sequences = [...(checked.sequences ?? []), ...ofBroadcasts];
  const byVersion = sequences.toSorted((a, b) => sequenceVersion(a) - sequenceVersion(b));
  return {
    bot: checked,
    sequences,
    newest: new Map(byVersion.map((sequence) => [sequence.name, sequence])),
    windowClosingPlugins: checked.plugins.filter((plugin) => typeof plugin.onWindowClosing === 'function'),
  };
}

/** The bot of the workflow that runs now. */
export function bot(): Bot {
  return ownModules().bot.bot;
}

/** The bot's plugins, in the order in which they are offered an event. */
export function plugins(): readonly Plugin[] {
  return bot().plugins;
}

/** The plugins that are called before a window closes. */
export function windowClosingPlugins(): readonly Plugin[] {
  return ownModules().bot.windowClosingPlugins;
}

/** The version of a sequence; 1 when it names none. */
export function sequenceVersion({ version = 1 }: Pick<Sequence, 'version'>): number {
  return version;
}

/** The sequence that a run of this version goes on with, also when there is a newer one. */
export function findSequence(name: string, version: number): Sequence | undefined {
  return ownModules().bot.sequences.find((sequence) => sequence.name === name && sequenceVersion(sequence) === version);
}

/** The sequence that a new run uses. */
export function newestSequence(name: string): Sequence | undefined {
  return ownModules().bot.newest.get(name);
}

/** A broadcast of the bot, with its segment looked up by name, and its schedule with a time zone. */
export function findBroadcast(
  name: string,
): (Broadcast & { readonly segment: Segment; readonly schedule: LocalTime | undefined }) | undefined {
  const { broadcasts, segments, quietHours } = bot();
  const found = broadcasts?.find((broadcast) => broadcast.name === name);
  const segment = typeof found?.to === 'string' ? segments?.[found.to] : found?.to;
  return found && segment && { ...found, segment, schedule: scheduleOf(found, quietHours) };
}

/** Whether a reply can stop a run of this sequence, in any of its versions; also for a sequence that the bot has no more. */
export function mayStopOnReply(name: string): boolean {
  const versions = ownModules().bot.sequences.filter((sequence) => sequence.name === name);
  return versions.length === 0 || versions.some(({ stopOn }) => stopOn?.includes('reply'));
}

/** Sequences that a topic starts, each in its newest version. */
export function sequencesStartedBy(topic: string): Sequence[] {
  return [...ownModules().bot.newest.values()].filter(({ startOn }) =>
    typeof startOn === 'string' ? startOn === topic : startOn?.includes(topic),
  );
}
