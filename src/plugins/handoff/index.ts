import { msOf, type Duration } from '../duration.ts';
import type { Sayable } from '../../messenger/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin } from '../plugin.ts';

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
  const check = optionsOf('handoff');
  check.pattern('on', on);
  check.sayable('text', text);
  check.duration('silentFor', silentFor);
  return definePlugin({
    name: 'handoff',
    async onMessage(ctx, message) {
      if (!fits(on, message.text)) return 'pass';
      await ctx.send(text);
      ctx.handOver({ reason: 'the person asked for one', forMs: msOf(silentFor) });
      return 'handled';
    },
  });
}
