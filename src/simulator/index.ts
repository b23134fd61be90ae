/**
 * Messenger on localhost: a fake Graph API that keeps Meta's rules, signed webhooks with Meta's habits, a clock per
 * person, and a page to chat on. It states Meta's rules itself, without `policy`, so that a wrong policy fails at home.
 * Read `simulator.ts` first, then `page-side.ts` (what Meta takes) and `person-side.ts` (what a person can do).
 */
export { createSimulator } from './simulator.ts';
export type { Simulator } from './simulator.ts';
export type { SimulatorOptions } from './options.ts';
export type { NewPerson } from './state/people.ts';
export { warmUpPageBuild } from './control/page-files.ts';
export type { Bubble, ThreadView } from './control/thread-view.ts';
export type { Happening } from './control/timeline.ts';
export type { Fault } from './rules/faults.ts';
export { META_LIMITS } from './rules/rates.ts';
export { GIVEN_ERRORS } from './rules/refusals.ts';
