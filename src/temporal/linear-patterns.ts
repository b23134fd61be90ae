import { setFlagsFromString } from 'node:v8';

/**
 * Lets patterns be compiled for V8's linear engine in this process and its threads (`src/realm/patterns/plan.ts`): the flag
 * `l` of a pattern. Without it a pattern that needs the engine is cut or refused. Call it before a bot is loaded.
 */
export function enableLinearPatterns(): void {
  setFlagsFromString('--enable-experimental-regexp-engine');
}
