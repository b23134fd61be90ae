import type { OfferAnswer } from '../contract/index.ts';

/** What the sequences answered to the offers of replies in this run of the conversation. */
export interface OfferAnswers {
  receive(answer: OfferAnswer): void;
  /**
   * Whether the sequence takes the reply; `undefined` while it has not answered. Its first answer counts: a conversation that
   * is reset has the answer of that time already when it offers the reply again, perhaps to a later run that knows nothing of it.
   */
  find(name: string, id: string): boolean | undefined;
}

/** How many answers are kept, late and early ones too: a conversation that is reset gets answers before it asks. */
const MAX_ANSWERS = 200;

/** Creates an empty list of answers. */
export function createOfferAnswers(): OfferAnswers {
  let answers: readonly OfferAnswer[] = [];
  return {
    receive: (answer) => {
      answers = [...answers, answer].slice(-MAX_ANSWERS);
    },
    find: (name, id) => answers.find((answer) => answer.name === name && answer.id === id)?.isTaken,
  };
}
