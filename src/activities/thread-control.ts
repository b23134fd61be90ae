import { ApplicationFailure } from '@temporalio/common';
import type { Clock } from '../domain/clock.ts';
import { conversationParts } from '../domain/conversation-id.ts';
import type { ErrorClass } from '../domain/error-codes.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { Logger } from '../logger.ts';
import { answeredErrorRule } from '../messenger/graph-errors/index.ts';
import { inboxAppId } from '../messenger/meta-apps.ts';
import type { Store } from '../store/index.ts';
import type { EverthreadActivities } from '../workflows/contract/index.ts';

/** What changes of thread control need. */
export interface ThreadControlDeps {
  readonly store: Pick<Store, 'eligibility'>;
  readonly graph: Pick<GraphClient, 'controlThread'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info'>;
  /** The id of our Meta app. Default: unknown. */
  readonly appId?: string | undefined;
}

const THREAD_CONTROL_TIMEOUT_MS = 10_000;

/** Errors that end by themselves. A retry does no harm, although the first call may have had its effect. */
const TEMPORARY = new Set<ErrorClass>(['transient', 'ambiguous', 'rate_limited']);

/** The activity `threadControl`: changes thread control at Meta, and records it, because Meta sends us no event for it. */
export function createThreadControl(deps: ThreadControlDeps): EverthreadActivities['threadControl'] {
  const { store, graph, clock, log, appId } = deps;
  return async (conversation, request) => {
    const parts = conversationParts(conversation);
    if (!parts) return { status: 'refused', code: 'bad_request' };
    const target = request.action === 'pass' ? (request.appId ?? inboxAppId(parts.channel)) : undefined;
    const answer = await graph.controlThread(
      parts.pageId,
      { action: request.action, psid: parts.psid, ...(target !== undefined && { targetAppId: target }) },
      THREAD_CONTROL_TIMEOUT_MS,
    );
    if (answer.status === 'no_answer')
      throw ApplicationFailure.create({ type: answer.outcome, message: answer.outcome });
    if (answer.status === 'refused') {
      const { class: code } = answeredErrorRule(answer);
      if (TEMPORARY.has(code)) throw ApplicationFailure.create({ type: code, message: code });
      log.info({ conversation, action: request.action, code }, 'Meta did not change the thread control');
      return { status: 'refused', code };
    }
    // `idle`: the default app may write, and it may be ours.
    const owner = target ?? (request.action === 'take' ? (appId ?? 'idle') : 'idle');
    // By Meta's clock, because it is compared with the times of events, which Meta stamps.
    const at = clock.now(conversation) + (answer.clockAheadMs ?? 0);
    if (request.action !== 'request') await store.eligibility.markOwner(conversation, owner, at);
    return { status: 'done' };
  };
}
