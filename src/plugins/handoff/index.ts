import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';
import { definePlugin, type Plugin } from '../plugin.ts';
import type { Sayable } from '../../messenger/outbound-message.ts';

export interface HandoffOptions {
  /** A message that fits asks for a person. */
  readonly on: RegExp;
  /** What the person hears. */
  readonly text?: Sayable;
  /** How long the bot stays silent when nobody gives the talk back. Default: 24 hours. */
  readonly silentFor?: Duration;
}

/** Lets a person ask for a person: the bot says so and is silent until the talk is given back. */
export function handoff({
  on,
  text = 'One moment, I am asking a colleague to join us.',
  silentFor = '24 hours',
}: HandoffOptions): Plugin {
  return definePlugin({
    name: 'handoff',
    async onMessage(ctx, message) {
      if (message.text?.match(on) == null) return 'pass';
      await ctx.send(text);
      ctx.handOver({ reason: 'the person asked for one', forMs: msToNumber(silentFor) });
      return 'handled';
    },
  });
}
