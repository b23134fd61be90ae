import { definePlugin, type Plugin } from '../plugin.ts';
import type { Sayable } from '../../messenger/outbound-message.ts';

export interface WelcomeOptions {
  /** What a person hears first. */
  readonly text: Sayable;
  /** The payload of your Get Started button. Default: `GET_STARTED`. */
  readonly payload?: string;
}

/** Greets a person once: at Get Started, or before the answer to their first message. */
export function welcome({ text, payload = 'GET_STARTED' }: WelcomeOptions): Plugin<{ isGreeted: boolean }> {
  return definePlugin<{ isGreeted: boolean }>({
    name: 'welcome',
    state: { isGreeted: false },
    async onMessage(ctx) {
      if (ctx.state.isGreeted) return 'pass';
      ctx.state.isGreeted = true;
      await ctx.send(text);
      return 'pass';
    },
    async onPostback(ctx, postback) {
      if (postback.payload !== payload) return 'pass';
      ctx.state.isGreeted = true;
      await ctx.send(text);
      return 'handled';
    },
  });
}
