import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { plain, type OptSignal, optSignalOf } from '../../messenger/inbound/opt-signal.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { definePlugin, type Plugin } from '../plugin.ts';

/** What a person hears after "stop" and after "start". */
export interface OptOutTexts {
  readonly stopped: Sayable;
  readonly started: Sayable;
}

export interface OptOutOptions {
  /** By locale (`pt_BR`), by language (`pt`), and as `default` for everybody else. Default: English. */
  readonly texts?: Readonly<Record<string, OptOutTexts>>;
  /** Whole messages that mean the same as "stop" and "start", besides those known in many languages. */
  readonly words?: { readonly [Key in OptSignal]?: readonly string[] };
}

interface OptOutState {
  /** What the person asked for last; missing for who never asked to stop. */
  wish?: OptSignal;
  /** What they were told last. */
  told?: OptSignal;
}

const ENGLISH: OptOutTexts = {
  stopped: 'You will hear nothing more from us, unless you write first. Write "start" to change that.',
  started: 'Welcome back! You will hear from us again. Write "stop" at any time.',
};

/** Says what "stop" and "start" have done, once, and lets nobody else answer them. Put it first. */
export function optOut({ texts = {}, words = {} }: OptOutOptions = {}): Plugin<OptOutState> {
  checkOptions({ texts, words });
  const extra = new Map<string, OptSignal>();
  for (const wish of ['stop', 'start'] as const) for (const word of words[wish] ?? []) extra.set(plain(word), wish);

  function extraSignalOf(event: InboundEvent): OptSignal | undefined {
    if (event.kind !== 'message' || event.quickReply !== undefined || event.text === undefined) return undefined;
    return extra.get(plain(event.text));
  }

  function textsFor(locale: string = ''): OptOutTexts {
    const key = [locale, locale.split('_', 1)[0] ?? '', 'default'].find((name) => Object.hasOwn(texts, name));
    return (key === undefined ? undefined : texts[key]) ?? ENGLISH;
  }

  return definePlugin<OptOutState>({
    name: 'opt-out',
    state: {},
    // Also while a person of the business answers: what is asked of the Page holds for the bot.
    async observe(ctx, event) {
      const known = optSignalOf(event);
      const wish = known ?? extraSignalOf(event);
      if (!wish) return;
      if (!known) await ctx.recordOptSignal(wish, event.at);
      if (wish === 'stop' || ctx.state.wish) ctx.state.wish = wish;
      // The runtime itself tells of the "stop" that it knows.
      if (wish === 'start') ctx.emit('opt-in');
      else if (!known) ctx.emit('opt-out');
    },
    async onMessage(ctx, message) {
      const wish = optSignalOf(message) ?? extraSignalOf(message);
      const { told } = ctx.state;
      // "start" from somebody who gets our messages anyway is a word like others.
      if (!wish || (wish === 'start' && (!ctx.state.wish || told === 'start'))) return 'pass';
      ctx.state.told = wish;
      if (told !== wish) await ctx.send(textsFor(ctx.contact.locale)[wish === 'stop' ? 'stopped' : 'started']);
      return 'handled';
    },
    // No form asks its question again after this.
    afterMessage: async (_ctx, _event, handledBy) => (handledBy === 'opt-out' ? 'handled' : 'pass'),
  });
}

const LOCALE = /^([a-z]{2,3}(_[A-Z]{2})?|default)$/;

function checkOptions({ texts, words }: Required<OptOutOptions>): void {
  const check = optionsOf('optOut');
  for (const [locale, told] of Object.entries(texts)) {
    check.that(LOCALE.test(locale), 'texts', "by locale, as 'pt_BR', 'pt' or 'default'", locale);
    check.sayable(`texts.${locale}.stopped`, told?.stopped);
    check.sayable(`texts.${locale}.started`, told?.started);
  }
  for (const [wish, list] of Object.entries(words)) {
    check.that(wish === 'stop' || wish === 'start', 'words', "lists for 'stop' and 'start'", wish);
    const areWords = Array.isArray(list) && list.every((word) => typeof word === 'string' && plain(word) !== '');
    check.that(areWords, `words.${wish}`, 'a list of words, each of at most 60 characters', list);
  }
}
