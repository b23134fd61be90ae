/** Prepares the realm of a workflow thread, once, before everything else in the bundle. */

import { prepareRealm } from '../realm/index.ts';

prepareRealm((steps) => globalThis.everthreadOwnModules?.spendBuiltInSteps(steps));
