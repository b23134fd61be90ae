import { BotError } from '../domain/bot-error.ts';
import type { Broadcast } from '../plugins/broadcast/index.ts';
import { msOf, type Duration } from '../plugins/duration.ts';
import { SILENT_AFTER_HUMAN } from '../plugins/limits.ts';
import { contactQuery, segmentNamed, type Segment } from '../plugins/segment.ts';
import type { KnownBot, KnownBroadcast } from '../store/bot-facts.ts';

/** What the bundle of a bot says of it. */
export interface BundledBot {
  readonly sequences: readonly { readonly name: string }[];
  readonly segments?: Readonly<Record<string, Segment>>;
  readonly broadcasts?: readonly Omit<Broadcast, 'sequence'>[];
  readonly silentAfterHuman?: Duration;
}

/** The bot as processes that do not run it know it. @throws `BotError` with `segment_unknown`. */
export function toKnownBot({
  sequences,
  segments = {},
  broadcasts = [],
  silentAfterHuman = SILENT_AFTER_HUMAN,
}: BundledBot): KnownBot {
  return {
    // Several versions have one name.
    sequences: [...new Set(sequences.map(({ name }) => name))],
    broadcasts: broadcasts.map(({ name, to, perSecond, messageClass, every }) => ({
      name,
      query: contactQuery(typeof to === 'string' ? segmentNamed(segments, to) : to),
      perSecond,
      messageClass,
      ...(every && { every }),
    })),
    silentAfterHumanMs: msOf(silentAfterHuman),
  };
}

/** The broadcast of that name. @throws `BotError` with `broadcast_unknown`, which names those that there are. */
export function findBroadcast({ broadcasts }: Pick<KnownBot, 'broadcasts'>, name: string): KnownBroadcast {
  const found = broadcasts.find((candidate) => candidate.name === name);
  if (found) return found;
  const known = broadcasts.map((candidate) => candidate.name).join(', ') || 'none';
  throw new BotError('broadcast_unknown', `The bot has no broadcast "${name}". It has: ${known}.`);
}
