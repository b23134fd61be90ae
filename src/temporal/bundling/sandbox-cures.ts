/** What a bot has instead of the parts of Node and of browsers that Temporal's sandbox lacks. */

const TIMERS =
  'A timer of JavaScript would not survive a restart: call ctx.wakeAt in a hook, or seq.sleep in a sequence';
const IN_ACTIVITIES = 'A bot decides in a sandbox without Node: move that into activities.ts beside it';
const NETWORK =
  'A bot decides in a sandbox without a network: make the call in an activity, in activities.ts beside it';
const CLOCK = 'Take the time from ctx.now in a hook, or from seq.now in a sequence';

const CURES: Readonly<Record<string, string>> = {
  setTimeout: TIMERS,
  setInterval: TIMERS,
  setImmediate: TIMERS,
  clearTimeout: TIMERS,
  clearInterval: TIMERS,
  clearImmediate: TIMERS,
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

/** Globals that Temporal replaces by its own, and that no bot may use while it is loaded. */
export const LOADING_TIMERS = ['setTimeout', 'clearTimeout'] as const;
