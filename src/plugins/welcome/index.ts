import type { Sayable } from '../../messenger/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin } from '../plugin.ts';

export interface WelcomeOptions {
  /** What a person hears first. */
  readonly text: Sayable;
  /** The payload of your Get Started button. Default: `GET_STARTED`. */
  readonly payload?: string;
}

interface WelcomeState {
  isGreeted: boolean;
  /** Set from the greeting to the end of the same turn. */
  isGreeting?: true;
}

/** Greets a person once: at Get Started, or before the answer to their first message. A mere "Hello" needs no other. */
export function welcome({ text, payload = 'GET_STARTED' }: WelcomeOptions): Plugin<WelcomeState> {
  const check = optionsOf('welcome');
  check.sayable('text', text);
  check.that(typeof payload === 'string' && payload !== '', 'payload', 'a text', payload);
  return definePlugin<WelcomeState>({
    name: 'welcome',
    state: { isGreeted: false },
    async onMessage(ctx) {
      if (ctx.state.isGreeted) return 'pass';
      ctx.state = { isGreeted: true, isGreeting: true };
      await ctx.send(text);
      return 'pass';
    },
    async onPostback(ctx, postback) {
      if (postback.payload !== payload) return 'pass';
      ctx.state.isGreeted = true;
      await ctx.send(text);
      return 'handled';
    },
    async afterMessage(ctx, _event, handledBy) {
      if (!ctx.state.isGreeting) return 'pass';
      delete ctx.state.isGreeting;
      return handledBy === undefined ? 'handled' : 'pass';
    },
  });
}
