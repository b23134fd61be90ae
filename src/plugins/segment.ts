import { BotError } from '../domain/bot-error.ts';
import type { ContactQuery } from '../domain/contact.ts';
import { isObject } from '../messenger/check/json.ts';
import { msOf, type Duration } from './duration.ts';
import { isNonEmptyText, optionsOf } from './options.ts';

/**
 * A group of people, as a condition on everybody the bot has met: all fields that are given must hold. Tags come from
 * `ctx.tag`, the plugin `segments` and sequences; they are compared exactly, capitals included.
 */
export interface Segment {
  /** Has all of these tags. */
  readonly all?: readonly string[];
  /** Has at least one of these tags. */
  readonly any?: readonly string[];
  /** Has none of these tags. */
  readonly none?: readonly string[];
  /** Did something that opens Meta's window, at most this long ago: `'7 days'`; at most a year. */
  readonly activeWithin?: Duration;
  /** Left a lead in the form of this name: `lead-capture`. */
  readonly leftLead?: string;
}

/** The segment as a query of the store. */
export function contactQuery({ all, any, none, activeWithin, leftLead }: Segment): ContactQuery {
  return {
    ...(all && { all }),
    ...(any && { any }),
    ...(none && { none }),
    ...(activeWithin !== undefined && { activeWithinMs: msOf(activeWithin) }),
    ...(leftLead !== undefined && { leftLead }),
  };
}

/** The segment of that name; throws a `BotError` that lists the segments there are. */
export function segmentNamed(segments: Readonly<Record<string, Segment>>, name: string): Segment {
  const segment = Object.hasOwn(segments, name) ? segments[name] : undefined;
  if (segment) return segment;
  const known = Object.keys(segments).join(', ') || 'none';
  throw new BotError('segment_unknown', `The bot has no segment "${name}". It has: ${known}.`);
}

const SEGMENT_FIELDS: readonly string[] = [
  'all',
  'any',
  'none',
  'activeWithin',
  'leftLead',
] satisfies (keyof Segment)[];

/** Throws a `BotError` that names what is wrong. `owner` and `place` say where the segment is: `defineBot`, `segments.vip`. */
export function checkSegment(owner: string, place: string, segment: Segment): void {
  const check = optionsOf(owner);
  check.that(isObject(segment), place, "a segment such as { all: ['buyer'], activeWithin: '7 days' }", segment);
  // A misspelt field would select everybody.
  const unknown = Object.keys(segment).find((key) => !SEGMENT_FIELDS.includes(key));
  check.that(unknown === undefined, place, `made of ${SEGMENT_FIELDS.join(', ')}`, unknown);
  for (const key of ['all', 'any', 'none'] as const) {
    const tags: unknown = segment[key];
    const areTags = tags === undefined || (Array.isArray(tags) && tags.length > 0 && tags.every(isNonEmptyText));
    check.that(areTags, `${place}.${key}`, 'a list of tags', tags);
  }
  if (segment.activeWithin !== undefined) check.duration(`${place}.activeWithin`, segment.activeWithin);
  const { leftLead } = segment;
  check.that(leftLead === undefined || isNonEmptyText(leftLead), `${place}.leftLead`, 'the name of a form', leftLead);
}
