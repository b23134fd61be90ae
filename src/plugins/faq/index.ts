import { definePlugin, type Plugin } from '../plugin.ts';
import type { Sayable } from '../../messenger/outbound-message.ts';

export interface Question {
  /** A message that fits gets the answer. */
  readonly match: RegExp;
  readonly answer: Sayable;
}

/** Answers what is asked often: the first question whose pattern fits. */
export function faq(questions: readonly Question[]): Plugin {
  return definePlugin({
    name: 'faq',
    async onMessage(ctx, { text }) {
      const question = text === undefined ? undefined : questions.find(({ match }) => fits(match, text));
      if (!question) return 'pass';
      await ctx.send(question.answer);
      return 'handled';
    },
  });
}

/** A pattern with the flag `g` remembers where it stopped; ours starts anew. */
function fits(pattern: RegExp, text: string): boolean {
  return new RegExp(pattern.source, pattern.flags.replace('g', '')).test(text);
}
