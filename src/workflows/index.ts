/**
 * The entry of the workflow bundle: each exported function is a workflow type that can be started. It is evaluated for each
 * workflow, with the bot's file; the workflows themselves are shared (`own-modules.ts`).
 */

// The bot's file comes after the realm.
import * as file from '@bot';
import { reportFloatingPromise } from './bot-code.ts';
import { loadBot } from './bot.ts';
import { endStepBudget, spendBuiltInSteps, startStepBudget } from './injected/step-budget.ts';
import { setOwnModules } from './own-modules.ts';
import { freezeRealm } from './realm.ts';

export { conversation } from './conversation/index.ts';
export { broadcast } from './broadcast/index.ts';
/** Temporal runs the default export for every unknown workflow type: each sequence runs under its own name. */
export { sequence as default } from './sequence/index.ts';

const loaded = loadBot(file);

/** Not a function, so not a workflow: code that bundles the bot reads here what it needs. */
export const { bot } = loaded;

freezeRealm();
setOwnModules({ bot: loaded, startStepBudget, endStepBudget, spendBuiltInSteps, reportFloatingPromise });
