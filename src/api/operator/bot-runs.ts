/** What the operator API asks Temporal of all people at once: runs of broadcasts and of sequences. */

import { status } from '@grpc/grpc-js';
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import {
  broadcastTally,
  findBroadcastRun,
  startBroadcast,
  stopBroadcast,
  type BroadcastRun,
} from '../../broadcasts/runs.ts';
import { BotError } from '../../domain/bot-error.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { parseWorkflowId, type BroadcastInput, type BroadcastTally } from '../../workflows/contract/index.ts';
import { createAskTemporal } from './ask-temporal.ts';
import { Problem } from './problem.ts';

/** Whose runs of a sequence are asked for. */
export interface SequenceQuery {
  /** The name of a sequence of the bot. */
  readonly name: string;
  /** Ids of Pages; `undefined`: all. */
  readonly pages: readonly string[] | undefined;
}

/** A person who runs a sequence. */
export interface SequenceRun {
  readonly conversation: ConversationId;
  /** Epoch ms, real time. */
  readonly startedAt: number;
}

/** Runs of the bot's broadcasts and sequences. @throws `Problem` with `temporal_unavailable`. */
export interface BotRuns {
  /** The same `request` may be repeated. @throws `Problem` with `broadcast_running`. */
  startBroadcast(input: BroadcastInput, request: string): Promise<void>;
  /** @throws `Problem` with `broadcast_not_running`. */
  stopBroadcast(name: string): Promise<void>;
  /** The latest run; `undefined`: there was none. */
  findBroadcast(name: string): Promise<BroadcastRun | undefined>;
  /** How far a running broadcast is; `undefined` while no worker answers, or when it does not run. */
  broadcastTally(name: string): Promise<BroadcastTally | undefined>;
  /** How many people run it. */
  countSequence(query: SequenceQuery): Promise<number>;
  /** Who runs it, in pages. A changed `after` is a `Problem` with `request_invalid`. */
  listSequence(
    query: SequenceQuery,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ readonly runs: readonly SequenceRun[]; readonly next: string | undefined }>;
}

/** A tally comes from a worker, for which nobody waits long. */
const TALLY_DEADLINE_MS = 2000;

/** Runs by Temporal's client. */
export function createBotRuns(client: Client): BotRuns {
  const ask = createAskTemporal(client);

  return {
    startBroadcast: async (input, request) => {
      await asProblem(ask(() => startBroadcast(client, input, request)));
    },
    stopBroadcast: async (name) => {
      await asProblem(ask(() => stopBroadcast(client, name)));
    },
    findBroadcast: (name) => ask(() => findBroadcastRun(client, name)),
    broadcastTally: (name) => ask(() => broadcastTally(client, name), TALLY_DEADLINE_MS).catch(() => undefined),
    async countSequence(query) {
      if (query.pages?.length === 0) return 0;
      const counted = await ask(() => client.workflow.count(runningQuery(query)));
      return counted?.count ?? 0;
    },
    async listSequence(query, { limit, after }) {
      if (query.pages?.length === 0) return { runs: [], next: undefined };
      const answer = await ask(async () => {
        try {
          return await client.workflowService.listWorkflowExecutions({
            namespace: client.options.namespace,
            query: runningQuery(query),
            pageSize: limit,
            nextPageToken: Buffer.from(after ?? '', 'base64url'),
          });
        } catch (error) {
          if (after !== undefined && isGrpcServiceError(error) && error.code === status.INVALID_ARGUMENT)
            return 'no_such_place';
          throw error;
        }
      });
      if (answer === 'no_such_place') throw cursorMistake();
      const runs = (answer?.executions ?? []).flatMap(({ execution, startTime }) => {
        const parsed = parseWorkflowId(execution?.workflowId ?? '');
        if (parsed?.kind !== 'sequence') return [];
        return [{ conversation: parsed.conversation, startedAt: startTime ? tsToMs(startTime) : 0 }];
      });
      const token = answer?.nextPageToken;
      return { runs, next: token && token.length > 0 ? Buffer.from(token).toString('base64url') : undefined };
    },
  };
}

/** Names of sequences are letters, digits and hyphens, and ids of Pages digits: neither ends its quotes. */
function runningQuery({ name, pages }: SequenceQuery): string {
  const onPages = pages ? ` AND PageId IN (${pages.map((page) => `'${page}'`).join(', ')})` : '';
  return `ExecutionStatus = 'Running' AND WorkflowType = '${name}'${onPages}`;
}

/** A broadcast that is running, or is not, is a problem of the same code. */
async function asProblem<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    const { code, message: detail } = error;
    if (code === 'broadcast_running' || code === 'broadcast_not_running') throw new Problem(code, { detail });
    throw error;
  }
}

function cursorMistake(): Problem {
  const message = 'It is no cursor of this list. Take `nextCursor` of the page before, as it is.';
  return new Problem('request_invalid', {
    detail: `query.cursor: ${message}`,
    errors: [{ field: 'query.cursor', message }],
  });
}
