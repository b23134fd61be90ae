/**
 * The JavaScript realm in which all workflows of a thread run: its built-in objects, as a bot finds them. It imports nothing
 * and is prepared before any other module of the bundle is evaluated.
 */

import { boundPatterns } from './patterns/bounded-patterns.ts';

/** Changes the built-in objects so that a mistake of a bot stays its own. `spend` takes steps off the budget of what runs. */
export function prepareRealm(spend: (steps: number) => void): void {
  boundPatterns(spend);
}
