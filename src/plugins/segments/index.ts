import { payloadOf, referralOf } from '../../messenger/inbound/event-readers.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import type { TopicName } from '../topics.ts';

export interface SegmentsOptions {
  /** Each looked at whenever something happens; all that fit are heeded, in this order. */
  readonly rules: readonly SegmentRuleOptions[];
}

/** What has to happen, in one of the first five; and what becomes of the person's tags. */
export interface SegmentRuleOptions {
  /** A topic is emitted: `lead-capture.completed`. */
  readonly topic?: TopicName;
  /** They write something that fits. */
  readonly says?: RegExp;
  /** They tap what carries a payload that fits: a button, a quick reply, a menu item. */
  readonly taps?: RegExp;
  /** They come by a link or an ad with this `ref`, or by the ad with this id. */
  readonly ref?: string;
  /** An event of this kind happens: `'order'`, `'reaction'`. */
  readonly event?: InboundEvent['kind'];
  /** Only when the topic's data has these values: `{ size: 'Large' }`. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** Put on, if it is not there. */
  readonly tag?: string;
  /** Taken off, if it is there. */
  readonly untag?: string;
}

const CAUSES = ['topic', 'says', 'taps', 'ref', 'event'] as const;

/** Tags people by rule, so that segments and broadcasts find them. Consumes nothing; where it stands does not matter. */
export function segments({ rules }: SegmentsOptions): Plugin {
  checkRules(rules);
  return definePlugin({
    name: 'segments',
    observe(ctx, event) {
      if (event.kind === 'echo') return;
      for (const rule of rules) if (fitsEvent(rule, event)) apply(ctx, rule);
    },
    onTopic(ctx, topic) {
      for (const rule of rules) {
        if (rule.topic === topic.name && fitsData(rule, topic.data)) apply(ctx, rule);
      }
    },
  });
}

function fitsEvent({ says, taps, ref, event: kind }: SegmentRuleOptions, event: InboundEvent): boolean {
  if (kind !== undefined) return event.kind === kind;
  if (ref !== undefined) {
    const referral = referralOf(event);
    return referral !== undefined && (referral.ref === ref || referral.adId === ref);
  }
  if (taps) return fits(taps, payloadOf(event));
  return says !== undefined && event.kind === 'message' && fits(says, event.text);
}

function fitsData({ where = {} }: SegmentRuleOptions, data: unknown): boolean {
  const given = Object(data) as Record<string, unknown>;
  return Object.entries(where).every(([key, value]) => Object.hasOwn(given, key) && given[key] === value);
}

function apply(ctx: PluginContext, { tag, untag }: SegmentRuleOptions): void {
  if (untag !== undefined) ctx.untag(untag);
  if (tag !== undefined) ctx.tag(tag);
}

function checkRules(rules: readonly SegmentRuleOptions[]): void {
  const check = optionsOf('segments');
  check.that(Array.isArray(rules) && rules.length > 0, 'rules', 'a list with a rule', rules);
  for (const [index, rule] of rules.entries()) {
    const place = `rules.${index}`;
    const causes = CAUSES.filter((cause) => rule[cause] !== undefined);
    check.that(causes.length === 1, place, `about one of ${CAUSES.join(', ')}`, causes);
    check.that(rule.where === undefined || causes[0] === 'topic', `${place}.where`, 'about a topic', rule.where);
    for (const pattern of ['says', 'taps'] as const) {
      if (rule[pattern] !== undefined) check.pattern(`${place}.${pattern}`, rule[pattern]);
    }
    check.that(rule.tag !== undefined || rule.untag !== undefined, place, 'with a tag or an untag', rule);
    for (const key of ['topic', 'ref', 'event', 'tag', 'untag'] as const) {
      const text: unknown = rule[key];
      const isText = text === undefined || (typeof text === 'string' && text !== '' && text.length <= MAX_CHARS);
      check.that(isText, `${place}.${key}`, `a text of 1 to ${MAX_CHARS} characters`, text);
    }
  }
}

/** Tags are a search attribute. */
const MAX_CHARS = 50;
