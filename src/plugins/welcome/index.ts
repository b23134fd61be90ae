import { referralOf } from '../../messenger/inbound/event-readers.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';

/** The options of {@link welcome}. */
export interface WelcomeOptions {
  /** The greeting. */
  readonly text: Sayable;
  /**
   * Replaces `text` for people who arrive by a link or an ad: texts by the `ref` of either, or by the ad's id. Each is also
   * said once to a person who was greeted before. Default: none.
   */
  readonly refs?: Readonly<Record<string, Sayable>>;
  /** Said when a person who was greeted before taps Get Started again. Default: `Welcome back!` */
  readonly again?: Sayable;
  /** The payload of your Get Started button. Default: `GET_STARTED`. */
  readonly payload?: string;
}

/** Persisted with the conversation: field names stay. */
interface WelcomeState {
  isGreeted: boolean;
  /** Set from the greeting in `onMessage` until `afterMessage` of the same turn. */
  isGreeting?: true;
  /** Keys of `refs` whose text was said. */
  said?: readonly string[];
  /** A key of `refs` whose text was refused because Meta's window was closed: a click on an ad does not open it. */
  owed?: string;
}

/**
 * Greets a person once: at Get Started, before the answer to their first message, or when they arrive by a link or an ad
 * that has a text of its own. The greeting counts as an answer: no fallback follows it.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function welcome(options: WelcomeOptions): Plugin<WelcomeState> {
  const { text, refs = {}, again = 'Welcome back!', payload = 'GET_STARTED' } = options;
  const check = optionsOf('welcome');
  check.known(options, { text: true, refs: true, again: true, payload: true });
  check.sayable('text', text);
  check.that(typeof refs === 'object' && refs !== null, 'refs', "texts by ref, such as { spring: 'Hi!' }", refs);
  for (const [ref, words] of Object.entries(refs)) check.sayable(`refs.${ref}`, words);
  check.sayable('again', again);
  check.that(typeof payload === 'string' && payload !== '', 'payload', 'a text', payload);

  function refOf(event: InboundEvent): string | undefined {
    const { ref, adId } = referralOf(event) ?? {};
    return [ref, adId].find((key) => key !== undefined && Object.hasOwn(refs, key));
  }

  /** Sends the greeting or the text of a `ref` that this person has not had; `false` if there is none. */
  async function greet(ctx: PluginContext<WelcomeState>, ref: string | undefined): Promise<boolean> {
    const { isGreeted, said = [] } = ctx.state;
    const isNewRef = ref !== undefined && !said.includes(ref);
    if (isGreeted && !isNewRef) return false;
    ctx.state.isGreeted = true;
    const refText = isNewRef ? refs[ref] : undefined;
    const outcome = await ctx.send(refText ?? text);
    if (!isNewRef) return true;
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
