/** The workflows of a worker: what this module exports is what can be started. */
export { conversation } from './conversation/index.ts';
export { broadcast } from './broadcast/index.ts';
/** No function, so no workflow: for who bundles it and wants to know what the bot needs. */
export { bot } from './bot.ts';
/** Temporal gives every workflow type it does not know to the default export: a sequence runs under its own name. */
export { sequence as default } from './sequence/index.ts';
