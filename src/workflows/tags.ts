/** A person's tags: in the conversation's state, and in the store, where segments and broadcasts look. */

import { getExternalWorkflowHandle, log, proxyLocalActivities } from '@temporalio/workflow';
import type { ConversationId } from '../domain/conversation-id.ts';
import { MAX_TAG_CHARS, MAX_TAGS, tagChange, type TagChange, type Tags } from '../domain/tags.ts';
import { tagsChangedSignal, type EverthreadActivities } from './contract/index.ts';
import { shortText } from './short-text.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

const MAX_SUMMARY_CHARS = 100;

export function checkedTag(tag: unknown): string {
  return shortText('A tag', tag, MAX_TAG_CHARS);
}

/** A sequence changes them: in the store, and in the conversation while it is open. A closed one finds them in the store. */
export async function changeTags(conversation: ConversationId, change: TagChange): Promise<void> {
  const tags = await outside.changeTags.executeWithOptions({ summary: summaryOf(change) }, [conversation, change]);
  if (change.add.some((tag) => !tags.includes(tag))) log.warn(`A person has at most ${MAX_TAGS} tags; one is left out`);
  await getExternalWorkflowHandle(conversation)
    .signal(tagsChangedSignal, change)
    .catch(() => {});
}

/** Saves the tags to the store when they changed in a turn. */
export async function saveTags(conversation: ConversationId, before: Tags, after: Tags): Promise<void> {
  const change = tagChange(before, after);
  if (!change) return;
  await outside.changeTags.executeWithOptions({ summary: summaryOf(change) }, [conversation, change]);
}

function summaryOf({ add, remove }: TagChange): string {
  const parts = [...add.map((tag) => `+${tag}`), ...remove.map((tag) => `-${tag}`)];
  return `Tags ${parts.join(' ')}`.slice(0, MAX_SUMMARY_CHARS);
}
