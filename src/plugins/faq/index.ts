import type { Sayable } from '../../messenger/outbound-message.ts';
import { optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin } from '../plugin.ts';

export interface Question {
  /** A message that fits gets the answer. */
  readonly match: RegExp;
  readonly answer: Sayable;
}

/** Answers what is asked often: the first question whose pattern fits. */
export function faq(questions: readonly Question[]): Plugin {
  const check = optionsOf('faq');
  check.that(Array.isArray(questions) && questions.length > 0, 'questions', 'a list with a question', questions);
  for (const [index, { match, answer }] of questions.entries()) {
    check.pattern(`${index}.match`, match);
    check.sayable(`${index}.answer`, answer);
  }
  return definePlugin({
    name: 'faq',
    async onMessage(ctx, { text }) {
      const question = questions.find(({ match }) => fits(match, text));
      if (!question) return 'pass';
      await ctx.send(question.answer);
      return 'handled';
    },
  });
}
