/**
 * What became of asking one part of the bot; `silent`: the bot was not to answer, and `who` says why; `started`: a sequence
 * began.
 */
export const TURN_ANSWERS = ['handled', 'pass', 'failed', 'disabled', 'silent', 'started'] as const;
/** One of {@link TURN_ANSWERS}. */
export type TurnAnswer = (typeof TURN_ANSWERS)[number];

/** A turn that inbound events began, and what the bot's parts answered: a conversation remembers the last ones, for traces. */
export interface TurnRecord {
  /** Inbox ids of the events; the cause of the turn is the first. */
  readonly events: readonly number[];
  /** When it began; epoch ms by the person's clock. */
  readonly at: number;
  /** In order, written by {@link toAnswerText}. */
  readonly answers: readonly string[];
}

/** One answer of a turn. */
export interface RecordedAnswer {
  /** The hook: `onMessage`, `afterMessage`; `reply`, `fallback`, `turn` or `sequence` for what is no plugin. */
  readonly hook: string;
  /** A plugin by its name; `sequence spring-offer`, `the fallback`, or what silences the bot. */
  readonly who: string;
  readonly answer: TurnAnswer;
}

/** An answer in the few characters that a conversation keeps: `onMessage pass faq`. A text that is cut still says the answer. */
export function toAnswerText({ hook, who, answer }: RecordedAnswer): string {
  return `${hook} ${answer} ${who}`;
}

/** Reads what {@link toAnswerText} wrote; `undefined` for another text. */
export function parseAnswer(text: string): RecordedAnswer | undefined {
  const [hook = '', given, ...who] = text.split(' ');
  const answer = TURN_ANSWERS.find((known) => known === given);
  return answer && { hook, who: who.join(' '), answer };
}
