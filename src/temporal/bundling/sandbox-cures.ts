/** What a bot has instead of the parts of Node and of browsers that Temporal's sandbox lacks. */

import { TIMERS_CURE } from '../../realm/timers.ts';

const IN_ACTIVITIES = 'A bot decides in a sandbox without Node: move that into activities.ts beside it';
const NETWORK =
  'A bot decides in a sandbox without a network: make the call in an activity, in activities.ts beside it';
const CLOCK = 'Take the time from ctx.now in a hook, or from seq.now in a sequence';

const CURES: Readonly<Record<string, string>> = {
  setTimeout: TIMERS_CURE,
  setInterval: TIMERS_CURE,
  setImmediate: TIMERS_CURE,
  clearTimeout: TIMERS_CURE,
  clearInterval: TIMERS_CURE,
  clearImmediate: TIMERS_CURE,
  queueMicrotask: 'A bot decides in a sandbox without Node: await a promise instead',
  fetch: NETWORK,
  XMLHttpRequest: NETWORK,
  WebSocket: NETWORK,
  EventSource: NETWORK,
  process:
    'A bot decides in a sandbox without Node and without environment variables: read them in an activity, in activities.ts beside it',
  performance: CLOCK,
  structuredClone: 'Copy data with JSON.parse(JSON.stringify(…))',
  localStorage: 'Keep what the bot knows of a person in ctx.state',
  sessionStorage: 'Keep what the bot knows of a person in ctx.state',
};

/** The cure for a global name that the sandbox does not have; `undefined` for a name that is nowhere. */
export function sandboxCure(name: string): string | undefined {
  if (Object.hasOwn(CURES, name)) return CURES[name];
  return name in globalThis ? IN_ACTIVITIES : undefined;
}
