import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { endOfQuietHours, type Hours } from '../../policy/quiet-hours.ts';
import { msOf, type Duration } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';

export interface HandoffOptions {
  /** A message that fits asks for a person. */
  readonly on: RegExp;
  /** What the person hears. */
  readonly text?: Sayable;
  /** How long the bot stays silent when nobody gives the talk back. Default: 20 hours, so that it can speak before the window closes. */
  readonly silentFor?: Duration;
  /** Hands over as well after so many messages in a row that nothing understood. Default: never. */
  readonly afterMisses?: number;
  /** Messages that are further apart are not in a row. Default: 10 minutes. */
  readonly missesWithin?: Duration;
  /** When nobody is there, and what is said then in place of `text`. The time zone is that of the business. */
  readonly away?: { readonly hours: Hours; readonly text: Sayable };
  /** Said when the time is up and nobody has answered. Default: nothing. */
  readonly nobodyCame?: Sayable;
  /** Under Conversation Routing: passes the thread to Meta's inbox (`true`) or to the app of this id, and takes it back. */
  readonly passThread?: boolean | string;
}

interface HandoffState {
  /** Since when somebody waits for a person, epoch ms; gone when one has answered. */
  waitingSince?: number;
  /** When the last messages came that nothing understood. */
  misses?: readonly number[];
  hasPassed?: true;
}

type Context = PluginContext<HandoffState>;

/**
 * Gives the talk to a person: who asks for one, or is not understood again and again, is told so, and the bot is silent
 * until the talk is given back or the time is up. Put it first.
 */
export function handoff(options: HandoffOptions): Plugin<HandoffState> {
  const { on, text = 'One moment, I am asking a colleague to join us.', silentFor = '20 hours' } = options;
  const { afterMisses = Infinity, missesWithin = '10 minutes', away, nobodyCame, passThread = false } = options;
  checkOptions({ ...options, text, silentFor, missesWithin, passThread });

  async function handOver(ctx: Context, reason: string): Promise<void> {
    const isAway = away && endOfQuietHours(ctx.now, away.hours, away.hours.timeZone) !== undefined;
    delete ctx.state.misses;
    ctx.state.waitingSince = ctx.now;
    await ctx.send(isAway ? away.text : text);
    if (passThread !== false) await pass(ctx);
    ctx.handOver({ reason, forMs: msOf(silentFor) });
  }

  async function pass(ctx: Context): Promise<void> {
    const appId = typeof passThread === 'string' ? { appId: passThread } : {};
    const { status } = await ctx.threadControl({ action: 'pass', ...appId });
    if (status === 'done') ctx.state.hasPassed = true;
  }

  return definePlugin<HandoffState>({
    name: 'handoff',
    state: {},
    progress: ({ waitingSince }) =>
      waitingSince === undefined ? undefined : `waits for a person since ${new Date(waitingSince).toISOString()}`,
    observe(ctx, event: InboundEvent) {
      if (event.kind === 'echo' && event.isFromInbox) delete ctx.state.waitingSince;
    },
    async onMessage(ctx, message) {
      if (!fits(on, message.text)) return 'pass';
      await handOver(ctx, 'the person asked for one');
      return 'handled';
    },
    async afterMessage(ctx, _event, handledBy) {
      if (handledBy !== undefined) delete ctx.state.misses;
      return 'pass';
    },
    async onTopic(ctx, { name }) {
      if (name !== 'not-understood' || afterMisses === Infinity) return;
      const recent = (ctx.state.misses ?? []).filter((at) => ctx.now - at < msOf(missesWithin));
      ctx.state.misses = [...recent, ctx.now];
      if (ctx.state.misses.length >= afterMisses) await handOver(ctx, 'the person was not understood');
    },
    async onHandoff(ctx, { to, reason }) {
      if (to === 'human') return;
      const { waitingSince, hasPassed } = ctx.state;
      ctx.state = {};
      const mustTake = hasPassed && reason !== 'the thread was passed back';
      const isOurs = !mustTake || (await ctx.threadControl({ action: 'take' })).status === 'done';
      if (waitingSince === undefined || reason !== 'time is up') return;
      ctx.emit('handoff.unanswered');
      // In a thread of somebody else's it would be said later, and then perhaps be wrong.
      if (nobodyCame !== undefined && isOurs) await ctx.send(nobodyCame);
    },
  });
}

function checkOptions(options: HandoffOptions): void {
  const { on, text, silentFor, afterMisses, missesWithin, away, nobodyCame, passThread } = options;
  const check = optionsOf('handoff');
  check.pattern('on', on);
  check.sayable('text', text);
  check.duration('silentFor', silentFor);
  check.duration('missesWithin', missesWithin);
  if (afterMisses !== undefined) {
    check.that(Number.isInteger(afterMisses) && afterMisses > 0, 'afterMisses', 'a whole number from 1', afterMisses);
  }
  if (away !== undefined) {
    check.hours('away.hours', away?.hours);
    check.sayable('away.text', away.text);
  }
  if (nobodyCame !== undefined) check.sayable('nobodyCame', nobodyCame);
  const isApp = typeof passThread === 'string' && /^\d+$/.test(passThread);
  check.that(isApp || typeof passThread === 'boolean', 'passThread', "true, false or an app's number", passThread);
}
