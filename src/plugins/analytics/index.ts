import type { Topic } from '../../domain/topic.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import type { TopicName } from '../topics.ts';

/** The options of {@link analytics}. */
export interface AnalyticsOptions {
  /**
   * Funnels by name, in kebab-case: the topics that people pass through, such as
   * `{ lead: ['lead-capture.started', 'lead-capture.completed'] }`. With a key of the topic's data each of its values is a
   * step of its own: `'lead-capture.asked:field'`. At most 50 steps of a funnel are recorded for one person.
   */
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- narrower in a bot that declares its topics
  readonly funnels: Readonly<Record<string, readonly (TopicName | `${TopicName}:${string}`)[]>>;
}

/** Persisted with the conversation: field names stay. */
interface AnalyticsState {
  /** The recorded steps by funnel: each is recorded once. */
  reached: Record<string, string[]>;
}

/** Per funnel and person. */
const MAX_STEPS = 50;

/**
 * Records how far people get in a funnel, from the topics that other plugins emit; `everthread funnel` shows it.
 *
 * @throws BotError `bot_invalid`, with the funnel that is wrong.
 */
export function analytics(options: AnalyticsOptions): Plugin<AnalyticsState> {
  optionsOf('analytics').known(options, { funnels: true });
  const { funnels } = options;
  checkFunnels(funnels);

  async function recordOnce(ctx: PluginContext<AnalyticsState>, funnel: string, step: string) {
    const reached = ctx.state.reached[funnel] ?? [];
    if (reached.includes(step) || reached.length >= MAX_STEPS) return;
    await ctx.recordStep(funnel, step);
    ctx.state.reached[funnel] = [...reached, step];
  }

  return definePlugin<AnalyticsState>({
    name: 'analytics',
    state: { reached: {} },
    hears: Object.values(funnels).flatMap((topics) => topics.map((topic) => topic.split(':', 1)[0] ?? topic)),
    async onTopic(ctx, topic) {
      for (const [funnel, topics] of Object.entries(funnels)) {
        const step = topics.map((wanted) => stepOf(wanted, topic)).find((found) => found !== undefined);
        if (step !== undefined) await recordOnce(ctx, funnel, step);
      }
    },
  });
}

/** Names only: the words of a person must not enter statistics. */
const STEP_NAME = /^[\w .-]{1,40}$/;

function stepOf(wanted: string, { name, data }: Topic): string | undefined {
  if (wanted === name) return name;
  const [topic, key = ''] = wanted.split(':');
  if (topic !== name || typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return undefined;
  const value: unknown = (data as Record<string, unknown>)[key];
  return typeof value === 'string' && STEP_NAME.test(value) ? `${name} ${value}` : undefined;
}

function checkFunnels(funnels: AnalyticsOptions['funnels']): void {
  const check = optionsOf('analytics');
  const isRecord = typeof funnels === 'object' && funnels !== null && !Array.isArray(funnels);
  check.that(isRecord, 'funnels', "topics by name, such as { lead: ['lead-capture.completed'] }", funnels);
  for (const [name, topics] of Object.entries(funnels)) {
    check.name('funnels', name);
    check.topics(`funnels.${name}`, topics);
    check.that(Array.isArray(topics), `funnels.${name}`, 'a list of topics', topics);
  }
}
