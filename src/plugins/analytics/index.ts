import type { Topic } from '../../domain/topic.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import type { TopicName } from '../topics.ts';

export interface AnalyticsOptions {
  /**
   * By name, the topics that people pass through: `{ lead: ['lead-capture.started', 'lead-capture.completed'] }`. With a
   * key of the topic's data, each of its values is a step: `'lead-capture.asked:field'`.
   */
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- narrower in a bot that declares its topics
  readonly funnels: Readonly<Record<string, readonly (TopicName | `${TopicName}:${string}`)[]>>;
}

interface AnalyticsState {
  /** Steps that were recorded, by funnel: each is written once. */
  reached: Record<string, string[]>;
}

/** Per funnel and person. */
const MAX_STEPS = 50;

/** Counts how far people get, by topics that other plugins emit; `everthread funnel` shows it. */
export function analytics({ funnels }: AnalyticsOptions): Plugin<AnalyticsState> {
  checkFunnels(funnels);

  async function reach(ctx: PluginContext<AnalyticsState>, funnel: string, step: string) {
    const reached = ctx.state.reached[funnel] ?? [];
    if (reached.includes(step) || reached.length >= MAX_STEPS) return;
    await ctx.recordStep(funnel, step);
    ctx.state.reached[funnel] = [...reached, step];
  }

  return definePlugin<AnalyticsState>({
    name: 'analytics',
    state: { reached: {} },
    async onTopic(ctx, topic) {
      for (const [funnel, topics] of Object.entries(funnels)) {
        const step = topics.map((wanted) => stepOf(wanted, topic)).find((found) => found !== undefined);
        if (step !== undefined) await reach(ctx, funnel, step);
      }
    },
  });
}

/** Names only: what people wrote does not belong into statistics. */
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
