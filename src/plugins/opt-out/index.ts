import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { normalizeOptWord, type OptSignal, optSignalOf } from '../../messenger/inbound/opt-signal.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin } from '../plugin.ts';

/** The answers to an opt-out and to an opt-in. */
export interface OptOutTexts {
  /** Said after "stop". */
  readonly stopped: Sayable;
  /** Said after "start", to a person who had opted out. */
  readonly started: Sayable;
}

/** The options of {@link optOut}. */
export interface OptOutOptions {
  /** Texts by locale (`pt_BR`), by language (`pt`), and as `default` for everybody else. Default: English. */
  readonly texts?: Readonly<Record<string, OptOutTexts>>;
  /**
   * Further whole messages that mean "stop" or "start", besides those everthread knows in many languages; each of at most
   * 60 characters. Case, accents and punctuation do not matter. Default: none.
   */
  readonly words?: { readonly [Key in OptSignal]?: readonly string[] };
}

/** Persisted with the conversation: field names stay. */
interface OptOutState {
  /** The person's last opt signal; missing as long as they have never opted out. */
  wish?: OptSignal;
  /** The opt signal that was answered last. */
  told?: OptSignal;
}

const ENGLISH_OPT_OUT_TEXTS: OptOutTexts = {
  stopped: 'You will hear nothing more from us, unless you write first. Write "start" to change that.',
  started: 'Welcome back! You will hear from us again. Write "stop" at any time.',
};

/**
 * Confirms an opt-out or opt-in once, and keeps the other plugins from answering it. Put it first.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function optOut(options: OptOutOptions = {}): Plugin<OptOutState> {
  optionsOf('optOut').known(options, { texts: true, words: true });
  const { texts = {}, words = {} } = options;
  checkOptOutOptions({ texts, words });
  const extra = new Map<string, OptSignal>();
  for (const signal of ['stop', 'start'] as const) {
    for (const word of words[signal] ?? []) extra.set(normalizeOptWord(word), signal);
  }

  function extraSignalOf(event: InboundEvent): OptSignal | undefined {
    if (event.kind !== 'message' || event.quickReply !== undefined || event.text === undefined) return undefined;
    return extra.get(normalizeOptWord(event.text));
  }

  function textsFor(locale: string = ''): OptOutTexts {
    const key = [locale, locale.split('_', 1)[0] ?? '', 'default'].find((name) => Object.hasOwn(texts, name));
    return (key === undefined ? undefined : texts[key]) ?? ENGLISH_OPT_OUT_TEXTS;
  }

  return definePlugin<OptOutState>({
    name: 'opt-out',
    state: {},
    emits: ['opt-in', 'opt-out'],
    // `observe` also runs while an operator answers: an opt-out then holds for the bot too.
    async observe(ctx, event) {
      const known = optSignalOf(event);
      const signal = known ?? extraSignalOf(event);
      if (!signal) return;
      if (!known) await ctx.recordOptSignal(signal, event.at);
      if (signal === 'stop' || ctx.state.wish) ctx.state.wish = signal;
      // The runtime emits `opt-out` for the words that it knows.
      if (signal === 'start') ctx.emit('opt-in');
      else if (!known) ctx.emit('opt-out');
    },
    async onMessage(ctx, message) {
      const signal = optSignalOf(message) ?? extraSignalOf(message);
      const { wish: lastSignal, told: lastAnswered } = ctx.state;
      // "start" from a person who has not opted out is an ordinary word.
      if (!signal || (signal === 'start' && (!lastSignal || lastAnswered === 'start'))) return 'pass';
      ctx.state.told = signal;
      if (lastAnswered !== signal) {
        await ctx.send(textsFor(ctx.contact.locale)[signal === 'stop' ? 'stopped' : 'started']);
      }
      return 'handled';
    },
    // Keeps a form from asking its question again.
    afterMessage: async (_ctx, _event, handledBy) => (handledBy === 'opt-out' ? 'handled' : 'pass'),
  });
}

const LOCALE = /^([a-z]{2,3}(_[A-Z]{2})?|default)$/;

function checkOptOutOptions({ texts, words }: Required<OptOutOptions>): void {
  const check = optionsOf('optOut');
  for (const [locale, pair] of Object.entries(texts)) {
    check.that(LOCALE.test(locale), 'texts', "by locale, as 'pt_BR', 'pt' or 'default'", locale);
    check.known(pair ?? {}, { stopped: true, started: true }, `texts.${locale}`);
    check.sayable(`texts.${locale}.stopped`, pair?.stopped);
    check.sayable(`texts.${locale}.started`, pair?.started);
  }
  for (const [signal, list] of Object.entries(words)) {
    check.that(signal === 'stop' || signal === 'start', 'words', "lists for 'stop' and 'start'", signal);
    const areWords =
      Array.isArray(list) && list.every((word) => typeof word === 'string' && normalizeOptWord(word) !== '');
    check.that(areWords, `words.${signal}`, 'a list of words, each of at most 60 characters', list);
  }
}
