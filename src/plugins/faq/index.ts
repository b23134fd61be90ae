import { LIMITS } from '../../messenger/outbound/limits.ts';
import { textMessage } from '../../messenger/outbound/message-builders.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { countCodePoints, normalizeWords } from '../../messenger/text.ts';
import { type OptionChecks, optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin } from '../plugin.ts';
import { rank } from './likeness.ts';

interface Answered {
  readonly answer: Sayable;
  /** A message that fits gets the answer, before any likeness is looked at. */
  readonly match?: RegExp;
  /** The question in the words people use; what is written much like one of them gets the answer. */
  readonly questions?: readonly string[];
  /** On the quick reply of "Did you mean", 1 to 20 characters. Default: the first of `questions`, cut. */
  readonly title?: string;
}

/** Recognised by a pattern, by its questions, or by both. */
export type Question = Answered & (Required<Pick<Answered, 'match'>> | Required<Pick<Answered, 'questions'>>);

export interface FaqOptions {
  /** How like a question a message must be for its answer, 0 to 1. Default: 0.7. */
  readonly answerFrom?: number;
  /** How like it must be to be offered under `didYouMean`. Default: 0.45. */
  readonly offerFrom?: number;
  /** Said above up to three questions when nobody else had an answer; `false` offers nothing. */
  readonly didYouMean?: string | false;
}

/** How far the best must be ahead of the second to be the answer. */
const LEAD = 0.1;
const MAX_OFFERED = 3;
const PAYLOAD = 'faq:';
const MAX_QUESTION_CHARS = 200;

/** Answers what is asked often: the first question whose pattern fits, else the one that is most alike. */
export function faq(questions: readonly Question[], options: FaqOptions = {}): Plugin {
  const { answerFrom = 0.7, offerFrom = 0.45, didYouMean = 'Did you mean one of these?' } = options;
  const check = optionsOf('faq');
  checkQuestions(check, questions);
  checkShare(check, 'answerFrom', answerFrom);
  checkShare(check, 'offerFrom', offerFrom);
  if (didYouMean !== false) check.sayable('didYouMean', didYouMean);

  function bestOf(text: string): Question | undefined {
    const [best, second] = rank(text, questions);
    const isSure = best && best.likeness >= answerFrom && best.likeness - (second?.likeness ?? 0) >= LEAD;
    return isSure ? best.entry : undefined;
  }

  return definePlugin({
    name: 'faq',
    async onMessage(ctx, { text = '', quickReply: payload }) {
      const question =
        questions.find((one) => payload !== undefined && payload === payloadOf(one)) ??
        questions.find(({ match }) => match && fits(match, text)) ??
        bestOf(text);
      if (!question) return 'pass';
      await ctx.send(question.answer);
      return 'handled';
    },
    async afterMessage(ctx, event, handledBy) {
      if (handledBy !== undefined || event.kind !== 'message' || event.quickReply !== undefined) return 'pass';
      const near = rank(event.text ?? '', questions).filter(({ likeness }) => likeness >= offerFrom);
      if (didYouMean === false || near.length === 0) return 'pass';
      const offers = near.slice(0, MAX_OFFERED).map(({ entry }) => quickReply(titleOf(entry), payloadOf(entry)));
      await ctx.send(textMessage(didYouMean, offers));
      return 'handled';
    },
  });
}

/** The question itself: it means the same after the list has changed. */
function payloadOf({ questions: [first] = [] }: Question): string | undefined {
  return first === undefined ? undefined : `${PAYLOAD}${first}`;
}

function titleOf({ title, questions: [first = ''] = [] }: Question): string {
  if (title !== undefined) return title;
  const most = LIMITS.quickReplyTitleChars;
  return countCodePoints(first) <= most
    ? first
    : `${Array.from(first)
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

function checkQuestions(check: OptionChecks, list: readonly Question[]): void {
  check.that(Array.isArray(list) && list.length > 0, 'questions', 'a list with a question', list);
  for (const [index, { match, questions, title, answer }] of list.entries()) {
    if (match !== undefined || questions === undefined) check.pattern(`${index}.match`, match);
    const areQuestions = questions === undefined || (Array.isArray(questions) && questions.length > 0);
    check.that(areQuestions, `${index}.questions`, 'a list with a question', questions);
    for (const one of questions ?? []) {
      const isQuestion = typeof one === 'string' && normalizeWords(one) !== '' && one.length <= MAX_QUESTION_CHARS;
      check.that(isQuestion, `${index}.questions`, `texts of 1 to ${MAX_QUESTION_CHARS} characters`, one);
    }
    const isTitle = title === undefined || (typeof title === 'string' && title.trim() !== '');
    const most = LIMITS.quickReplyTitleChars;
    check.that(
      isTitle && countCodePoints(title ?? '') <= most,
      `${index}.title`,
      `a text of 1 to ${most} characters`,
      title,
    );
    check.sayable(`${index}.answer`, answer);
  }
}

function checkShare(check: OptionChecks, option: string, value: unknown): void {
  check.that(typeof value === 'number' && value > 0 && value <= 1, option, 'a number over 0 and up to 1', value);
}
