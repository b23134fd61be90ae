import type { ContactQuery } from '../domain/contact-query.ts';
import { msOf, type Duration } from './duration.ts';
import { optionsOf } from './options.ts';

/**
 * A question about all people the bot has met, as data: who fits everything that is given. Tags come from `ctx.tag`, from
 * the plugin `segments`, and from sequences.
 */
export interface Segment {
  /** Has all of these tags. */
  readonly all?: readonly string[];
  /** Has at least one of these. */
  readonly any?: readonly string[];
  /** Has none of these. */
  readonly none?: readonly string[];
  /** Wrote or tapped within this time: `'7 days'`. */
  readonly activeWithin?: Duration;
  /** Filled in the form of this name: `lead-capture`. */
  readonly leftLead?: string;
}

/** What is asked of the store. */
export function contactQuery({ all, any, none, activeWithin, leftLead }: Segment): ContactQuery {
  return {
    ...(all && { all }),
    ...(any && { any }),
    ...(none && { none }),
    ...(activeWithin !== undefined && { activeWithinMs: msOf(activeWithin) }),
    ...(leftLead !== undefined && { leftLead }),
  };
}

const OPTIONS: readonly string[] = ['all', 'any', 'none', 'activeWithin', 'leftLead'] satisfies (keyof Segment)[];

/** Throws a `BotError` that names what is wrong; `whose` and `place` say where it stands. */
export function checkSegment(whose: string, place: string, segment: Segment): void {
  const check = optionsOf(whose);
  const isObject = typeof segment === 'object' && segment !== null && !Array.isArray(segment);
  check.that(isObject, place, "a segment such as { all: ['buyer'], activeWithin: '7 days' }", segment);
  // A slip in a name would ask about everybody.
  const stranger = Object.keys(segment).find((key) => !OPTIONS.includes(key));
  check.that(stranger === undefined, place, `made of ${OPTIONS.join(', ')}`, stranger);
  for (const key of ['all', 'any', 'none'] as const) {
    const tags: unknown = segment[key];
    const areTags = tags === undefined || (Array.isArray(tags) && tags.length > 0 && tags.every(isFilled));
    check.that(areTags, `${place}.${key}`, 'a list of tags', tags);
  }
  if (segment.activeWithin !== undefined) check.duration(`${place}.activeWithin`, segment.activeWithin);
  const { leftLead } = segment;
  check.that(leftLead === undefined || isFilled(leftLead), `${place}.leftLead`, 'the name of a form', leftLead);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
