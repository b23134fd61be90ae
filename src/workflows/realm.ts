/** Prepares the realm of a workflow thread, once, before everything else in the bundle. */

import { prepareRealm } from '../realm/index.ts';

/** Freezes the realm's built-in objects, once a bot was loaded in it. */
export const freezeRealm = prepareRealm({
  spend: (steps) => globalThis.everthreadOwnModules?.spendBuiltInSteps(steps),
  isLoading: () => globalThis.everthreadOwnModules === undefined,
});
