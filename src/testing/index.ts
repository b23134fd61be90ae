/**
 * What a bot's author tests with: the real engine on this machine, Messenger simulated, and time that moves when told.
 * Works in any test runner. Read `docs/testing.md`, then `simulate.ts` and `talk.ts`.
 */
export { simulate, type SimulateOptions } from './simulate.ts';
export type { PersonOptions, SequenceOfTalk, Talk } from './talk.ts';
export { FAILURES, type Failure, type FailureName } from './failures.ts';
export { pluginContract, type ContractCase, type PluginContractOptions } from './plugin-contract.ts';
export type { Step } from './plugin-trial.ts';
