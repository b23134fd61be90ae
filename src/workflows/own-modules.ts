/**
 * What each workflow has for itself: the bot's modules, which may keep state, and its step budget. Every other module is
 * evaluated once for all workflows of a thread (`preloadModules` in `temporal/bundling/bundle-bot.ts`) and finds them here.
 */

import type { Bot } from '../plugins/bot.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { Sequence } from '../plugins/sequence.ts';

/** A bot as the workflows look things up in it. */
export interface LoadedBot {
  readonly bot: Bot;
  readonly sequences: readonly Sequence[];
  /** By name, the sequence with the highest version: new runs use that one. */
  readonly newest: ReadonlyMap<string, Sequence>;
  /** Plugins with `onWindowClosing`. */
  readonly windowClosingPlugins: readonly Plugin[];
}

/** The modules that are evaluated anew for each workflow, in the form in which the shared ones use them. */
export interface OwnModules {
  readonly bot: LoadedBot;
  /** Gives the bot's code that runs next a full budget (`injected/step-budget.ts`). */
  readonly startStepBudget: () => void;
  /** Says that everthread's own code runs next. */
  readonly endStepBudget: () => void;
  /** Takes the steps of a built-in function off the budget. */
  readonly spendBuiltInSteps: (count: number) => void;
  /** Called by the workflow thread when a promise fails that nobody awaits (`bot-code.ts`). */
  readonly reportFloatingPromise: (error: unknown) => void;
}

declare global {
  /** Temporal swaps the properties of `globalThis` when it goes from one workflow to another. */
  var everthreadOwnModules: OwnModules | undefined;
}

/** Called once for each workflow, while its own modules are evaluated. */
export function setOwnModules(modules: OwnModules): void {
  Object.defineProperty(globalThis, 'everthreadOwnModules', { value: modules, configurable: true });
}

/** The modules of the workflow that runs now. */
export function ownModules(): OwnModules {
  const modules = globalThis.everthreadOwnModules;
  if (!modules)
    throw new Error('No workflow runs: a module that all workflows share asked for the bot while it was loaded.');
  return modules;
}

/** Gives the bot's code that runs next a full budget. */
export function startStepBudget(): void {
  ownModules().startStepBudget();
}

/** Says that everthread's own code runs next: it does not pay for what the bot's code spent. */
export function endStepBudget(): void {
  ownModules().endStepBudget();
}
