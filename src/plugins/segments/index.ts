import { MAX_TAG_CHARS } from '../../domain/tags.ts';
import { payloadOf, referralOf } from '../../messenger/inbound/event-readers.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { optionsOf } from '../options.ts';
import { fits, fitsExactly } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import type { TopicName } from '../topics.ts';

/** The options of {@link segments}. */
export interface SegmentsOptions {
  /** At least one. Every rule that matches an event is applied, in this order. */
  readonly rules: readonly SegmentRuleOptions[];
}

/** A rule: exactly one condition (`topic`, `says`, `taps`, `ref` or `event`), and a tag to set or remove. */
export interface SegmentRuleOptions {
  /** This topic is emitted: `lead-capture.completed`. */
  readonly topic?: TopicName;
  /** The person writes a message that matches. */
  readonly says?: RegExp;
  /** The person taps a button, quick reply or menu item whose payload matches. */
  readonly taps?: RegExp;
  /** The person arrives by a link or ad with this `ref`, or by the ad with this id. */
  readonly ref?: string;
  /** An event of this kind arrives: `'order'`, `'reaction'`. */
  readonly event?: InboundEvent['kind'];
  /** With `topic`: only if its data has these values: `{ size: 'Large' }`. Default: any data. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** The tag to set, 1 to 50 characters. */
  readonly tag?: string;
  /** The tag to remove, 1 to 50 characters. */
  readonly untag?: string;
}

const CONDITIONS = ['topic', 'says', 'taps', 'ref', 'event'] as const;

/**
 * Tags people by rules, so that segments and broadcasts find them. It handles no event, so its place in the list of
 * plugins does not matter.
 *
 * @throws BotError `bot_invalid`, with the rule that is wrong.
 */
export function segments(options: SegmentsOptions): Plugin {
  optionsOf('segments').known(options, { rules: true });
  const { rules } = options;
  checkRules(rules);
  return definePlugin({
    name: 'segments',
    hears: rules.flatMap(({ topic }) => topic ?? []),
    observe(ctx, event) {
      if (event.kind === 'echo') return;
      for (const rule of rules) if (matchesEvent(rule, event)) applyTags(ctx, rule);
    },
    onTopic(ctx, topic) {
      for (const rule of rules) {
        if (rule.topic === topic.name && matchesData(rule, topic.data)) applyTags(ctx, rule);
      }
    },
  });
}

const RULE_OPTIONS = {
  topic: true,
  says: true,
  taps: true,
  ref: true,
  event: true,
  where: true,
  tag: true,
  untag: true,
} satisfies Record<keyof SegmentRuleOptions, true>;

function matchesEvent({ says, taps, ref, event: kind }: SegmentRuleOptions, event: InboundEvent): boolean {
  if (kind !== undefined) return event.kind === kind;
  if (ref !== undefined) {
    const referral = referralOf(event);
    return referral !== undefined && (referral.ref === ref || referral.adId === ref);
  }
  if (taps) return fitsExactly(taps, payloadOf(event));
  return says !== undefined && event.kind === 'message' && fits(says, event.text);
}

function matchesData({ where = {} }: SegmentRuleOptions, data: unknown): boolean {
  const given = Object(data) as Record<string, unknown>;
  return Object.entries(where).every(([key, value]) => Object.hasOwn(given, key) && given[key] === value);
}

function applyTags(ctx: PluginContext, { tag, untag }: SegmentRuleOptions): void {
  if (untag !== undefined) ctx.untag(untag);
  if (tag !== undefined) ctx.tag(tag);
}

function checkRules(rules: readonly SegmentRuleOptions[]): void {
  const check = optionsOf('segments');
  check.that(Array.isArray(rules) && rules.length > 0, 'rules', 'a list with a rule', rules);
  for (const [index, rule] of rules.entries()) {
    const place = `rules.${index}`;
    check.known(rule, RULE_OPTIONS, place);
    const conditions = CONDITIONS.filter((condition) => rule[condition] !== undefined);
    check.that(conditions.length === 1, place, `about one of ${CONDITIONS.join(', ')}`, conditions);
    check.that(rule.where === undefined || conditions[0] === 'topic', `${place}.where`, 'about a topic', rule.where);
    for (const pattern of ['says', 'taps'] as const) {
      if (rule[pattern] !== undefined) check.pattern(`${place}.${pattern}`, rule[pattern]);
    }
    check.that(rule.tag !== undefined || rule.untag !== undefined, place, 'with a tag or an untag', rule);
    for (const key of ['topic', 'ref', 'event', 'tag', 'untag'] as const) {
      const text: unknown = rule[key];
      const isText = text === undefined || (typeof text === 'string' && text !== '' && text.length <= MAX_TAG_CHARS);
      check.that(isText, `${place}.${key}`, `a text of 1 to ${MAX_TAG_CHARS} characters`, text);
    }
  }
}
