/** Quarantined workflows, as far as an operator sees them. */

import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { seesPage, type Operator } from '../../domain/operator.ts';
import type { Quarantine, QuarantinedWorkflow } from '../../store/quarantine.ts';
import { parseWorkflowId } from '../../workflows/contract/index.ts';
import { isoTime } from './views/conversation.ts';

/** More than so many are a broken bot, and not workflows to look at one by one. */
const MAX_LISTED = 500;

const WORDS: Readonly<Record<QuarantinedWorkflow['reason'], string>> = {
  process_died: 'The worker process died while it ran the workflow.',
  stuck: 'The workflow never gave its thread back, and the worker was ended.',
};

/** The quarantined workflows that the operator sees, of one Page or of all. */
export async function listQuarantined(quarantine: Pick<Quarantine, 'list'>, operator: Operator, page?: string) {
  const workflows = await quarantine.list();
  return workflows
    .filter(({ workflowId }) => seesWorkflow(operator, workflowId))
    .filter(({ workflowId }) => page === undefined || pageOf(workflowId) === page)
    .slice(-MAX_LISTED)
    .map(({ workflowId: id, reason, at, ...workflow }) => ({
      ...workflow,
      id,
      conversation: conversationOf(id) ?? null,
      reason,
      words: WORDS[reason],
      at: isoTime(at),
    }));
}

/** Whether the operator sees a workflow: one of a Page of theirs. A broadcast reaches people of all Pages. */
export function seesWorkflow(operator: Operator, workflowId: string): boolean {
  return seesPage(operator, pageOf(workflowId) ?? '');
}

function conversationOf(workflowId: string): ConversationId | undefined {
  const name = parseWorkflowId(workflowId);
  return name && 'conversation' in name ? name.conversation : undefined;
}

function pageOf(workflowId: string): string | undefined {
  return conversationParts(conversationOf(workflowId) ?? '')?.pageId;
}
