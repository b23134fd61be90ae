/** The stages of `everthread/testing`, for our own tests. */
export { PAGE, SECRETS, startStage, type Stage, type StageOptions } from '../../src/testing/stage/index.ts';
