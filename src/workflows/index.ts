/** The entry of the workflow bundle: each exported function is a workflow type that can be started. */
export { conversation } from './conversation/index.ts';
export { broadcast } from './broadcast/index.ts';
/** Not a function, so not a workflow: code that bundles the bot reads here what it needs. */
export { bot } from './bot.ts';
/** Temporal runs the default export for every unknown workflow type: each sequence runs under its own name. */
export { sequence as default } from './sequence/index.ts';
