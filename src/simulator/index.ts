/**
 * Messenger on localhost: a fake Graph API that follows Meta's rules, signed webhooks with Meta's habits, a clock per
 * person, and a page to chat on. It states Meta's rules a second time, without `policy`, so that an error there fails
 * a test. Read `simulator.ts` first, then `graph/take-send.ts` (the Send API) and `actors/person-actions.ts` (what a
 * person can do).
 */

export { createSimulator } from './simulator.ts';
export type { Simulator } from './simulator.ts';
export type { SimulatorOptions } from './options.ts';
export type { ApprovedTemplate } from './state/templates.ts';
export type { NewPerson } from './state/people.ts';
export type { ReactionName } from './webhook/webhook-items.ts';
export type { Bubble, ThreadView } from './control/thread-view.ts';
export type { TimelineEntry } from './control/timeline.ts';
export { simulatedSteps } from './actors/simulated-steps.ts';
export { heardOf, heardWords } from './content/cards.ts';
export type { Fault } from './rules/faults.ts';
export { META_LIMITS } from './rules/rates.ts';
export { SIMULATED_ERRORS } from './rules/refusals.ts';
