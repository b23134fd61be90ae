/** What is said of a run that is stuck, when only the engine's own sentence is known. */

import { expect, test } from 'vitest';
import { explainMismatch } from '../../src/temporal/replay/nondeterminism.ts';

test('a message whose words nobody knows has none', () => {
  const complaint =
    "[TMPRL1100] Nondeterminism error: Activity type of recorded marker 'recordStep' does not match activity type of local activity command 'sendMessage'";
  expect(explainMismatch({ events: [] }, complaint)).toMatch(/; today's code sends a message\.$/);
});
