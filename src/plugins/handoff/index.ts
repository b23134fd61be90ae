import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { endOfQuietHours, type Hours } from '../../policy/quiet-hours.ts';
import { msOf, type Duration } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { fits, wordsThatFit } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';

/** The options of {@link handoff}. */
export interface HandoffOptions {
  /** A message that matches asks for an operator. */
  readonly on: RegExp;
  /** Said at the handoff. Default: `One moment, I am asking a colleague to join us.` */
  readonly text?: Sayable;
  /**
   * How long the bot is silent unless the conversation is handed back; at most a year. Default: 20 hours, so that the bot
   * can write again before Meta's 24-hour window closes.
   */
  readonly silentFor?: Duration;
  /** Also hands over after this many messages in a row that no plugin handled; at least 1. Default: never. */
  readonly afterMisses?: number;
  /** Messages further apart than this do not count as in a row; at most a year. Default: 10 minutes. */
  readonly missesWithin?: Duration;
  /** Hours without operators, in the time zone of the business, and what is said then instead of `text`. Default: none. */
  readonly away?: { readonly hours: Hours; readonly text: Sayable };
  /** Said when `silentFor` has passed and no operator has answered. Default: nothing. */
  readonly nobodyCame?: Sayable;
  /** With Conversation Routing: passes the thread to Meta's inbox (`true`) or to the app with this id, and takes it back. Default: `false`. */
  readonly passThread?: boolean | string;
}

/** Persisted with the conversation: field names stay. */
interface HandoffState {
  /** Since when the person waits for an operator, epoch ms; deleted when one has answered. */
  waitingSince?: number;
  /** Times of the last messages in a row that no plugin handled, epoch ms. */
  misses?: readonly number[];
  /** The thread was passed to another app. */
  hasPassed?: true;
}

type HandoffContext = PluginContext<HandoffState>;

/**
 * Hands the conversation to an operator when the person asks for one, or after several messages that no plugin handled.
 * The bot is then silent until the conversation is handed back or the time is up. Put it first.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function handoff(options: HandoffOptions): Plugin<HandoffState> {
  const { on, text = 'One moment, I am asking a colleague to join us.', silentFor = '20 hours' } = options;
  const { afterMisses = Infinity, missesWithin = '10 minutes', away, nobodyCame, passThread = false } = options;
  checkHandoffOptions({ ...options, text, silentFor, missesWithin, passThread });

  async function handOver(ctx: HandoffContext, reason: string): Promise<void> {
    const isAway = away && endOfQuietHours(ctx.now, away.hours, away.hours.timeZone) !== undefined;
    delete ctx.state.misses;
    ctx.state.waitingSince = ctx.now;
    await ctx.send(isAway ? away.text : text);
    if (passThread !== false) await passToInbox(ctx);
    ctx.handOver({ reason, forMs: msOf(silentFor) });
  }

  async function passToInbox(ctx: HandoffContext): Promise<void> {
    const appId = typeof passThread === 'string' ? { appId: passThread } : {};
    const { status } = await ctx.threadControl({ action: 'pass', ...appId });
    if (status === 'done') ctx.state.hasPassed = true;
  }

  return definePlugin<HandoffState>({
    name: 'handoff',
    state: {},
    emits: ['handoff.unanswered'],
    wordsToTry: wordsThatFit(on),
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
      if (name === 'operator-answered') delete ctx.state.waitingSince;
      if (name !== 'not-understood' || afterMisses === Infinity) return;
      const recent = (ctx.state.misses ?? []).filter((at) => ctx.now - at < msOf(missesWithin));
      ctx.state.misses = [...recent, ctx.now];
      if (ctx.state.misses.length >= afterMisses) await handOver(ctx, 'the person was not understood');
    },
    async onHandoff(ctx, { to, reason, answeredAt }) {
      if (to === 'human') return;
      const { waitingSince, hasPassed } = ctx.state;
      ctx.state = {};
      const mustTake = hasPassed && reason !== 'the thread was passed back';
      const ownsThread = !mustTake || (await ctx.threadControl({ action: 'take' })).status === 'done';
      if (waitingSince === undefined || answeredAt !== undefined || reason !== 'time is up') return;
      ctx.emit('handoff.unanswered');
      // While another app owns the thread, the message would wait, and might be wrong by then.
      if (nobodyCame !== undefined && ownsThread) await ctx.send(nobodyCame);
    },
  });
}

function checkHandoffOptions(options: HandoffOptions): void {
  const { on, text, silentFor, afterMisses, missesWithin, away, nobodyCame, passThread } = options;
  const check = optionsOf('handoff');
  check.known(options, {
    on: true,
    text: true,
    silentFor: true,
    afterMisses: true,
    missesWithin: true,
    away: true,
    nobodyCame: true,
    passThread: true,
  });
  check.pattern('on', on);
  check.sayable('text', text);
  check.duration('silentFor', silentFor);
  check.duration('missesWithin', missesWithin);
  if (afterMisses !== undefined) {
    check.that(Number.isInteger(afterMisses) && afterMisses > 0, 'afterMisses', 'a whole number from 1', afterMisses);
  }
  if (away !== undefined) {
    check.known(away, { hours: true, text: true }, 'away');
    check.hours('away.hours', away.hours);
    check.sayable('away.text', away.text);
  }
  if (nobodyCame !== undefined) check.sayable('nobodyCame', nobodyCame);
  const isApp = typeof passThread === 'string' && /^\d+$/.test(passThread);
  check.that(isApp || typeof passThread === 'boolean', 'passThread', "true, false or an app's number", passThread);
}
