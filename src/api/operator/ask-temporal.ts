import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { BotError } from '../../domain/bot-error.ts';
import { CONVERSATION_BUSY } from '../../workflows/contract/index.ts';
import { Problem } from './problem.ts';

/** How long an operator waits for Temporal, unless the caller says otherwise. */
const DEADLINE_MS = 5000;

/**
 * Calls Temporal, and gives up at `until`, epoch ms (default: in five seconds). Resolves to `undefined` if there is no such
 * workflow, or it is not running where it must be.
 *
 * @throws `Problem` with `temporal_unavailable` or `conversation_busy`, or the `BotError` of the call.
 */
export type AskTemporal = <T>(call: () => Promise<T>, until?: number) => Promise<T | undefined>;

/** Calls over the client's connection. */
export function createAskTemporal({ connection }: Pick<Client, 'connection'>): AskTemporal {
  return async function ask(call, until = Date.now() + DEADLINE_MS) {
    try {
      return await connection.withDeadline(until, call);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      if (error instanceof BotError) throw error;
      if (isBusy(error)) throw new Problem('conversation_busy', { retryAfterS: 5 });
      throw new Problem('temporal_unavailable', { retryAfterS: 1, cause: error });
    }
  };
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === CONVERSATION_BUSY;
}
