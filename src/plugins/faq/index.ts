import { LIMITS } from '../../messenger/outbound/limits.ts';
import { textMessage } from '../../messenger/outbound/message-builders.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { countCodePoints, normalizeWords, truncate } from '../../messenger/text.ts';
import { type OptionChecks, optionsOf } from '../options.ts';
import { fits, wordsThatFit } from '../pattern.ts';
import { definePlugin, type Plugin } from '../plugin.ts';
import { rank } from './likeness.ts';

interface QuestionBase {
  /** The answer: a text or any other message. */
  readonly answer: Sayable;
  /** A message that matches gets the answer, before questions are compared by likeness. */
  readonly match?: RegExp;
  /** The question in the words people use, each of at most 200 characters; a message much like one of them gets the answer. */
  readonly questions?: readonly string[];
  /** Title of its quick reply under `didYouMean`, 1 to 20 characters. Default: the first of `questions`, cut to 20. */
  readonly title?: string;
}

/** An answer, and how its question is recognised: by a pattern, by similar questions, or by both. */
export type Question = QuestionBase &
  (Required<Pick<QuestionBase, 'match'>> | Required<Pick<QuestionBase, 'questions'>>);

/** The options of {@link faq}. */
export interface FaqOptions {
  /** Likeness from which a question is answered, above 0 and at most 1. Default: 0.7. */
  readonly answerFrom?: number;
  /** Likeness from which a question is offered under `didYouMean`, above 0 and at most 1. Default: 0.45. */
  readonly offerFrom?: number;
  /** Said above up to three offered questions when no plugin handled the message; `false` offers none. Default: `Did you mean one of these?` */
  readonly didYouMean?: string | false;
}

/** How far the best likeness must be ahead of the second to be answered. */
const MIN_LEAD = 0.1;
const MAX_OFFERED = 3;
/** Part of payloads, which people tap for as long as the quick reply is there: never change it. */
const PAYLOAD_PREFIX = 'faq:';
const MAX_QUESTION_CHARS = 200;

/**
 * Answers frequent questions: the first whose pattern matches, else the one most like the message.
 *
 * @throws BotError `bot_invalid`, with the question or option that is wrong.
 */
export function faq(questions: readonly Question[], options: FaqOptions = {}): Plugin {
  const { answerFrom = 0.7, offerFrom = 0.45, didYouMean = 'Did you mean one of these?' } = options;
  const check = optionsOf('faq');
  check.known(options, { answerFrom: true, offerFrom: true, didYouMean: true });
  checkQuestions(check, questions);
  checkShare(check, 'answerFrom', answerFrom);
  checkShare(check, 'offerFrom', offerFrom);
  if (didYouMean !== false) check.sayable('didYouMean', didYouMean);

  function bestOf(text: string): Question | undefined {
    const [best, second] = rank(text, questions);
    const isSure = best && best.likeness >= answerFrom && best.likeness - (second?.likeness ?? 0) >= MIN_LEAD;
    return isSure ? best.entry : undefined;
  }

  return definePlugin({
    name: 'faq',
    wordsToTry: questions.flatMap(({ questions: [first] = [], match }) =>
      first === undefined ? (match ? wordsThatFit(match) : []) : [first],
    ),
    async onMessage(ctx, { text = '', quickReply: payload }) {
      const question =
        questions.find((one) => payload !== undefined && payload === questionPayload(one)) ??
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
      const offers = near
        .slice(0, MAX_OFFERED)
        .map(({ entry }) => quickReply(offerTitle(entry), questionPayload(entry)));
      await ctx.send(textMessage(didYouMean, offers));
      return 'handled';
    },
  });
}

/** Contains the question itself, so that it stays valid when the list changes. */
function questionPayload({ questions: [first] = [] }: Question): string | undefined {
  return first === undefined ? undefined : `${PAYLOAD_PREFIX}${first}`;
}

function offerTitle({ title, questions: [first = ''] = [] }: Question): string {
  if (title !== undefined) return title;
  return truncate(first, LIMITS.quickReplyTitleChars);
}

function checkQuestions(check: OptionChecks, list: readonly Question[]): void {
  check.that(Array.isArray(list) && list.length > 0, 'questions', 'a list with a question', list);
  for (const [index, entry] of list.entries()) {
    check.known(entry, { answer: true, match: true, questions: true, title: true }, String(index));
    const { match, questions, title, answer } = entry;
    if (match !== undefined || questions === undefined) check.pattern(`${index}.match`, match);
    const areQuestions = questions === undefined || (Array.isArray(questions) && questions.length > 0);
    check.that(areQuestions, `${index}.questions`, 'a list with a question', questions);
    for (const one of questions ?? []) {
      const isQuestion = typeof one === 'string' && normalizeWords(one) !== '' && one.length <= MAX_QUESTION_CHARS;
      check.that(isQuestion, `${index}.questions`, `texts of 1 to ${MAX_QUESTION_CHARS} characters`, one);
    }
    const isTitle = title === undefined || (typeof title === 'string' && title.trim() !== '');
    const maxChars = LIMITS.quickReplyTitleChars;
    check.that(
      isTitle && countCodePoints(title ?? '') <= maxChars,
      `${index}.title`,
      `a text of 1 to ${maxChars} characters`,
      title,
    );
    check.sayable(`${index}.answer`, answer);
  }
}

function checkShare(check: OptionChecks, option: string, value: unknown): void {
  check.that(typeof value === 'number' && value > 0 && value <= 1, option, 'a number over 0 and up to 1', value);
}
