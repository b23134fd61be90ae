/** What the operator API asks of running conversations. Everything that an operator does to one goes through here. */

import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { TagChange } from '../../domain/tags.ts';
import { tagsChangedSignal } from '../../workflows/contract/index.ts';
import { Problem } from './problem.ts';

/** Messages to conversation workflows. @throws `Problem` with `temporal_unavailable`. */
export interface ConversationWorkflows {
  /** Tells an open conversation which tags were changed in the store; a closed one reads them when it opens. */
  tagsChanged(conversation: ConversationId, change: TagChange): Promise<void>;
}

/** How long an operator waits for Temporal. */
const DEADLINE_MS = 5000;

/** Messages by Temporal's client. */
export function createConversationWorkflows(client: Client): ConversationWorkflows {
  return {
    async tagsChanged(conversation, change) {
      try {
        await client.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
          client.workflow.getHandle(conversation).signal(tagsChangedSignal, change),
        );
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw new Problem('temporal_unavailable', { retryAfterS: 1 });
      }
    },
  };
}
