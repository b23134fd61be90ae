/** Why a bot has no timers of JavaScript, and what it has instead. */
export const TIMERS_CURE =
  'A timer of JavaScript would not survive a restart: call ctx.wakeAt in a hook, or seq.sleep in a sequence';

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout'] as const;

/** Replaces the timers, Temporal's own too, by functions that name the cure. */
export function forbidTimers(): void {
  for (const name of TIMERS) {
    const value = () => {
      throw new Error(`${name} cannot be called by a bot. ${TIMERS_CURE}.`);
    };
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}
