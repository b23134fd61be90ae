/** Differences between the profile that a bot wants and the one that its Page has. */

import { z } from 'zod';
import type { MessengerProfile } from '../../messenger/profile.ts';
import { quoteForTerminal } from '../describe-graph-error.ts';
import { MANAGED_PROPERTIES, type ProfileAtMeta, type ProfileProperty } from './index.ts';

/** A difference in one property. */
export interface ProfileChange {
  readonly property: ProfileProperty;
  readonly kind: 'new' | 'different' | 'gone';
  /** What goes and what comes, one item a line; both empty if only the order differs. */
  readonly without: readonly string[];
  readonly with: readonly string[];
}

/**
 * The differences by property: a property that the bot does not name is to be deleted. What Meta adds by itself, such as a
 * default, is no difference.
 */
export function findProfileChanges(wanted: MessengerProfile, atMeta: ProfileAtMeta): readonly ProfileChange[] {
  return MANAGED_PROPERTIES.flatMap((property) => {
    const [before, after] = [
      describeProperty(property, atMeta[property]),
      describeProperty(property, wanted[property]),
    ];
    if (before.key === after.key) return [];
    const kind = !before.lines ? 'new' : after.lines ? 'different' : 'gone';
    const [old = [], young = []] = [before.lines, after.lines];
    return {
      property,
      kind,
      without: old.filter((line) => !young.includes(line)),
      with: young.filter((line) => !old.includes(line)),
    };
  });
}

interface DescribedProperty {
  /** Equal for equal content. */
  readonly key: string;
  /** Left out if the property is not set. */
  readonly lines?: readonly string[];
}

function describeProperty(property: ProfileProperty, value: unknown): DescribedProperty {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return { key: '' };
  const lines = PROPERTY_LINES[property].safeParse(value);
  // An unknown form always differs from what the bot wants.
  if (!lines.success) return { key: 'unreadable', lines: ['something in a form that everthread does not know'] };
  return { key: JSON.stringify(lines.data), lines: lines.data };
}

/** Sorted by locale: Meta's own order has no meaning. */
function linesPerLocale<Part extends { readonly locale: string }>(
  part: z.ZodType<Part>,
  linesOf: (part: Part) => string[],
) {
  return z
    .array(part)
    .transform((parts) =>
      parts
        .toSorted((a, b) => (a.locale < b.locale ? -1 : Number(a.locale > b.locale)))
        .flatMap((one) => linesOf(one).map((line) => `${quoteForTerminal(one.locale).slice(1, -1)}: ${line}`)),
    );
}

const locale = z.string();
const iceBreaker = z.object({ question: z.string(), payload: z.string() });
const menuItem = z.union([
  z.object({ type: z.literal('postback'), title: z.string(), payload: z.string() }),
  z.object({ type: z.literal('web_url'), title: z.string(), url: z.string() }),
]);

/** Turns a property, ours or Meta's, into one line for each item that a person would see. */
const PROPERTY_LINES: Readonly<Record<ProfileProperty, z.ZodType<string[]>>> = {
  get_started: z.object({ payload: z.string() }).transform(({ payload }) => [`sends ${quoteForTerminal(payload)}`]),
  greeting: linesPerLocale(z.object({ locale, text: z.string() }), ({ text }) => [quoteForTerminal(text)]),
  ice_breakers: linesPerLocale(
    // The older form, which Meta retires, has no locales.
    z.union([
      z.object({ locale, call_to_actions: z.array(iceBreaker) }),
      iceBreaker.transform((one) => ({ locale: 'default', call_to_actions: [one] })),
    ]),
    ({ call_to_actions }) =>
      call_to_actions.map((one) => `${quoteForTerminal(one.question)} sends ${quoteForTerminal(one.payload)}`),
  ),
  persistent_menu: linesPerLocale(
    z.object({ locale, composer_input_disabled: z.boolean().optional(), call_to_actions: z.array(menuItem) }),
    ({ call_to_actions, composer_input_disabled: isSilent }) => [
      ...call_to_actions.map((item) =>
        item.type === 'web_url'
          ? `${quoteForTerminal(item.title)} opens ${quoteForTerminal(item.url)}`
          : `${quoteForTerminal(item.title)} sends ${quoteForTerminal(item.payload)}`,
      ),
      ...(isSilent ? ['people cannot write, only tap'] : []),
    ],
  ),
  commands: linesPerLocale(
    z.object({ locale, commands: z.array(z.object({ name: z.string(), description: z.string() })) }),
    ({ commands }) =>
      commands.map(
        ({ name, description }) => `/${quoteForTerminal(name).slice(1, -1)} ${quoteForTerminal(description)}`,
      ),
  ),
};
