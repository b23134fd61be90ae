import { ApplicationFailure } from '@temporalio/common';
import type { Clock } from '../domain/clock.ts';
import { conversationParts } from '../domain/conversation-id.ts';
import type { ErrorClass } from '../domain/error-codes.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { Logger } from '../logger.ts';
import { graphErrorRule } from '../messenger/graph-errors/index.ts';
import { inboxAppId } from '../messenger/meta-apps.ts';
import type { Store } from '../store/index.ts';
import type { EverthreadActivities } from '../workflows/contract/index.ts';

export interface ThreadControlDeps {
  readonly store: Pick<Store, 'eligibility'>;
  readonly graph: Pick<GraphClient, 'controlThread'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info'>;
  readonly appId?: string | undefined;
}

const ANSWER_MS = 10_000;

/** Errors of these classes pass by themselves; that it may have been done already does no harm. */
const PASSING = new Set<ErrorClass>(['transient', 'ambiguous', 'rate_limited']);

/** Asks Meta to change who answers in a thread, and keeps it: of what we do ourselves Meta tells us nothing. */
export function createThreadControl(deps: ThreadControlDeps): EverthreadActivities['threadControl'] {
  const { store, graph, clock, log, appId } = deps;
  return async (conversation, request) => {
    const parts = conversationParts(conversation);
    if (!parts) return { status: 'refused', code: 'bad_request' };
    const target = request.action === 'pass' ? (request.appId ?? inboxAppId(parts.channel)) : undefined;
    const answer = await graph.controlThread(
      parts.pageId,
      { action: request.action, psid: parts.psid, ...(target !== undefined && { targetAppId: target }) },
      ANSWER_MS,
    );
    if (answer.status === 'no_answer')
      throw ApplicationFailure.create({ type: answer.outcome, message: answer.outcome });
    if (answer.status === 'refused') {
      const { class: code } = graphErrorRule(answer.error.code, answer.error.error_subcode);
      if (PASSING.has(code)) throw ApplicationFailure.create({ type: code, message: code });
      log.info({ conversation, action: request.action, code }, 'Meta did not change who has the thread');
      return { status: 'refused', code };
    }
    // `idle`: whoever is the default app may write, perhaps we.
    const owner = target ?? (request.action === 'take' ? (appId ?? 'idle') : 'idle');
    if (request.action !== 'request') await store.eligibility.markOwner(conversation, owner, clock.now(conversation));
    return { status: 'done' };
  };
}
