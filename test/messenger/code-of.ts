import { BotError } from '../../src/domain/bot-error.ts';

/** The code of the error that `build` throws. */
export function codeOf(build: () => unknown): string | undefined {
  try {
    build();
  } catch (error) {
    return error instanceof BotError ? error.code : `no BotError but ${String(error)}`;
  }
  return undefined;
}
