/**
 * Tests of a bot: a real Temporal server on this machine, Messenger simulated, and time that a test moves. Works in any
 * test runner. Read `docs/testing.md`, then `simulate.ts` and `simulated-conversation.ts`.
 */
export { simulate, type SimulateOptions } from './simulate.ts';
export type { PersonOptions, SimulatedConversation, SimulatedSequence } from './simulated-conversation.ts';
export { FAILURES, type Failure, type FailureName } from './failures.ts';
export { pluginContract, type ContractCase, type PluginContractOptions } from './plugin-contract/index.ts';
export type { ContractStep } from './plugin-contract/contract-step.ts';
