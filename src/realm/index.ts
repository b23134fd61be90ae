/**
 * The JavaScript realm in which all workflows of a thread run: its built-in objects, as a bot finds them. It imports nothing
 * and is prepared before any other module of the bundle is evaluated.
 */

import { forbidCodeFromStrings } from './code-from-strings.ts';
import { countBuiltIns } from './counted-built-ins.ts';
import { noteBuiltIns } from './frozen-built-ins.ts';
import { boundPatterns } from './patterns/bounded-patterns.ts';
import { forbidTimers } from './timers.ts';

/** What the realm must know of the workflow that runs. */
interface RealmUser {
  /** Takes steps off the budget of what runs; may throw. */
  readonly spend: (steps: number) => void;
  /** Whether a bot is being loaded. */
  readonly isLoading: () => boolean;
}

/**
 * Changes the built-in objects so that a mistake of a bot stays its own. The function that it returns freezes them, once
 * the bot is loaded.
 */
export function prepareRealm({ spend, isLoading }: RealmUser): () => void {
  boundPatterns(spend);
  countBuiltIns(spend);
  forbidTimers();
  forbidCodeFromStrings();
  // The SDK replaces `Date`; a date would lead to the one that reads the real clock.
  Object.defineProperty(Date.prototype, 'constructor', { value: Date });
  Object.defineProperty(Date, 'name', { value: 'Date' });
  return noteBuiltIns(isLoading);
}
