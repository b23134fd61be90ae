/** The stages of `everthread/testing`, for tests of ours that look behind them. */
export { PAGE, SECRETS, startStage, type Stage, type StageOptions } from '../../src/testing/stage/index.ts';
