/** A conversation with one plugin, without Temporal: calls its hooks as a turn does, with a context that records calls. */

import type { MessageEvent, Plugin, PluginContext, QuickReply, Sayable } from '../../src/index.ts';
import { textOfOutbound } from '../../src/messenger/outbound/outbound-message.ts';
import type { TextQuickReply } from '../../src/messenger/outbound/quick-reply.ts';
import { outboundMessage } from '../../src/messenger/outbound/sayable.ts';
import { msOf, type Duration } from '../../src/plugins/duration.ts';

export const NOON = Date.UTC(2026, 9, 6, 12);

export interface HookTalk {
  /** Sends a message, to `onMessage` and then `afterMessage`. `handledBy` names another plugin that handles it instead. */
  says(text: string, handledBy?: string): Promise<void>;
  /** Taps a quick reply of the last message by its title, or one of any other message with its payload. */
  taps(title: string, payload?: string): Promise<void>;
  /** The last tap once more. */
  tapsAgain(): Promise<void>;
  /** How many messages the plugin left to others. */
  passed(): number;
  passes(duration: Duration): void;
  /** The plugin's messages since the last call. */
  heard(): readonly string[];
  /** The titles of the quick replies under the last message. */
  offered(): readonly string[];
  /** The emitted topics: `name`, or `name data`. */
  topics(): readonly string[];
  readonly leads: readonly object[];
  readonly takeOvers: readonly { readonly reason: string; readonly forMs?: number }[];
  readonly wakes: readonly number[];
  readonly controls: readonly object[];
  state(): object;
  run<T>(hook: (plugin: Plugin, ctx: PluginContext) => T): T;
}

export function talkWith(
  plugin: Plugin<never, never> | Plugin,
  activities: Record<string, (...args: never[]) => Promise<unknown>> = {},
  threadControl: 'done' | 'refused' = 'done',
): HookTalk {
  const hooks = plugin as Plugin;
  let now = NOON;
  let heard: string[] = [];
  let offered: readonly TextQuickReply[] = [];
  let lastTap: Pick<MessageEvent, 'text' | 'quickReply'> = {};
  let passed = 0;
  const topics: string[] = [];
  const leads: object[] = [];
  const takeOvers: { reason: string; forMs?: number }[] = [];
  const wakes: number[] = [];
  const controls: object[] = [];
  const ctx = {
    conversation: 'messenger:104857600123456:6120459871230045',
    contact: {},
    get now() {
      return now;
    },
    state: { ...hooks.state },
    activities,
    log: { info() {}, warn() {}, error() {} },
    async send(message: Sayable) {
      const built = outboundMessage(message);
      heard.push(textOfOutbound(built));
      const replies: readonly QuickReply[] = ('quick_replies' in built && built.quick_replies) || [];
      offered = replies.filter((reply) => reply.content_type === 'text');
      return { status: 'sent', messageId: 'm' };
    },
    emit: (name: string, data?: unknown) =>
      void topics.push(data === undefined ? name : `${name} ${JSON.stringify(data)}`),
    async saveLead(form: string, fields: object, consent?: object) {
      const lead = { leadId: `l${leads.length}`, form, fields, ...(consent && { consent }) };
      leads.push(lead);
      return lead;
    },
    handOver: (takeOver: { reason: string; forMs?: number }) => void takeOvers.push(takeOver),
    wakeAt: (at: number) => void wakes.push(at),
    async threadControl(request: object) {
      controls.push(request);
      return { status: threadControl };
    },
  } as unknown as PluginContext;

  async function hear(content: Pick<MessageEvent, 'text' | 'quickReply'>, other?: string): Promise<void> {
    const message = { kind: 'message', at: now, attachments: [], commands: [], ...content } as unknown as MessageEvent;
    const result = other === undefined ? await hooks.onMessage?.(ctx, message) : 'pass';
    const after = await hooks.afterMessage?.(ctx, message, result === 'handled' ? hooks.name : other);
    if (result !== 'handled' && after !== 'handled') passed += 1;
  }

  return {
    says: (text, handledBy) => hear({ text }, handledBy),
    async taps(title, payload = offered.find((one) => one.title === title)?.payload) {
      if (payload === undefined) throw new Error(`There is no "${title}" among ${JSON.stringify(offered)}`);
      lastTap = { text: title, quickReply: payload };
      await hear(lastTap);
    },
    tapsAgain: () => hear(lastTap),
    passed: () => passed,
    passes(duration) {
      now += msOf(duration);
    },
    heard() {
      const news = heard;
      heard = [];
      return news;
    },
    offered: () => offered.map(({ title }) => title),
    topics: () => topics,
    leads,
    takeOvers,
    wakes,
    controls,
    state: () => JSON.parse(JSON.stringify(ctx.state)) as object,
    run: (hook) => hook(hooks, ctx),
  };
}
