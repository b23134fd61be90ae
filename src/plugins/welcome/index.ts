import { referralOf } from '../../messenger/inbound/event-readers.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';

export interface WelcomeOptions {
  /** What a person hears first. */
  readonly text: Sayable;
  /** In its place for who comes by a link or an ad: by the `ref` of either, or by the ad's id. Also said, once, to somebody known. */
  readonly refs?: Readonly<Record<string, Sayable>>;
  /** Said to somebody known who taps Get Started again. Default: `Welcome back!` */
  readonly again?: Sayable;
  /** The payload of your Get Started button. Default: `GET_STARTED`. */
  readonly payload?: string;
}

interface WelcomeState {
  isGreeted: boolean;
  /** Set from the greeting to the end of the same turn. */
  isGreeting?: true;
  /** Keys of `refs` whose words were said. */
  said?: readonly string[];
  /** A key of `refs` whose words Meta's window forbade: a click on an ad does not open it. */
  owed?: string;
}

/**
 * Greets a person once: at Get Started, before the answer to their first message, or when they come by a link or an ad that
 * has words of its own. The greeting is an answer: no fallback follows it.
 */
export function welcome({
  text,
  refs = {},
  again = 'Welcome back!',
  payload = 'GET_STARTED',
}: WelcomeOptions): Plugin<WelcomeState> {
  const check = optionsOf('welcome');
  check.sayable('text', text);
  check.that(typeof refs === 'object' && refs !== null, 'refs', "texts by ref, such as { spring: 'Hi!' }", refs);
  for (const [ref, words] of Object.entries(refs)) check.sayable(`refs.${ref}`, words);
  check.sayable('again', again);
  check.that(typeof payload === 'string' && payload !== '', 'payload', 'a text', payload);

  function refOf(event: InboundEvent): string | undefined {
    const { ref, adId } = referralOf(event) ?? {};
    return [ref, adId].find((key) => key !== undefined && Object.hasOwn(refs, key));
  }

  /** Says what is new to this person; `false` when nothing is. */
  async function greet(ctx: PluginContext<WelcomeState>, ref: string | undefined): Promise<boolean> {
    const { isGreeted, said = [] } = ctx.state;
    const isNews = ref !== undefined && !said.includes(ref);
    if (isGreeted && !isNews) return false;
    ctx.state.isGreeted = true;
    const words = isNews ? refs[ref] : undefined;
    const outcome = await ctx.send(words ?? text);
    if (!isNews) return true;
    if (outcome.status === 'refused') ctx.state.owed = ref;
    else ctx.state.said = [...said, ref];
    return true;
  }

  return definePlugin<WelcomeState>({
    name: 'welcome',
    state: { isGreeted: false },
    async onMessage(ctx, message) {
      const ref = refOf(message) ?? ctx.state.owed;
      delete ctx.state.owed;
      if (await greet(ctx, ref)) ctx.state.isGreeting = true;
      return 'pass';
    },
    async onPostback(ctx, postback) {
      if (postback.payload !== payload) return 'pass';
      if (!(await greet(ctx, refOf(postback)))) await ctx.send(again);
      return 'handled';
    },
    async onEvent(ctx, event) {
      const ref = refOf(event);
      return ref !== undefined && (await greet(ctx, ref)) ? 'handled' : 'pass';
    },
    async afterMessage(ctx, _event, handledBy) {
      if (!ctx.state.isGreeting) return 'pass';
      delete ctx.state.isGreeting;
      return handledBy === undefined ? 'handled' : 'pass';
    },
  });
}
