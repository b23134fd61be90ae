import { expect, test } from 'vitest';
import { createOfferAnswers } from '../../src/workflows/conversation/offer-answers.ts';

test.each([true, false])(
  'the first answer to an offer counts (%s): a run that began later knows nothing of it',
  (isTaken) => {
    const answers = createOfferAnswers();
    expect(answers.find('stars', 'i7')).toBeUndefined();
    answers.receive({ name: 'stars', id: 'i7', isTaken });
    answers.receive({ name: 'stars', id: 'i7', isTaken: !isTaken });
    answers.receive({ name: 'words', id: 'i7', isTaken: !isTaken });
    answers.receive({ name: 'stars', id: 'i8', isTaken: !isTaken });
    expect(answers.find('stars', 'i7')).toBe(isTaken);
  },
);
