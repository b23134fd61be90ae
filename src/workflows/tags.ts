/** A person's tags: in the conversation's state, and in the store, where segments and broadcasts find them. */

import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import type { ConversationId } from '../domain/conversation-id.ts';
import { escapeMarkdown } from '../domain/markdown.ts';
import { MAX_TAG_CHARS, MAX_TAGS, tagChange, type TagChange, type Tags } from '../domain/tags.ts';
import { storeActivities } from './activity-proxies.ts';
import { tagsChangedSignal } from './contract/index.ts';
import { checkLength } from './text.ts';

const MAX_TAGS_SUMMARY_CHARS = 100;

/** Returns the tag; throws unless it is a text of at most {@link MAX_TAG_CHARS} characters. */
export function checkTag(tag: unknown): string {
  return checkLength('A tag', tag, MAX_TAG_CHARS);
}

/**
 * Changes tags from a sequence: in the store, and by signal in the conversation while that is open. A closed conversation
 * reads them from the store when it opens.
 */
export async function changeTags(conversation: ConversationId, change: TagChange): Promise<void> {
  const tags = await storeActivities.changeTags.executeWithOptions({ summary: describeChange(change) }, [
    conversation,
    change,
  ]);
  if (change.add.some((tag) => !tags.includes(tag))) log.warn(`A person has at most ${MAX_TAGS} tags; one is left out`);
  await getExternalWorkflowHandle(conversation)
    .signal(tagsChangedSignal, change)
    .catch(() => {});
}

/** Saves the tags to the store when a turn changed them. */
export async function saveTags(conversation: ConversationId, before: Tags, after: Tags): Promise<void> {
  const change = tagChange(before, after);
  if (!change) return;
  await storeActivities.changeTags.executeWithOptions({ summary: describeChange(change) }, [conversation, change]);
}

function describeChange({ add, remove }: TagChange): string {
  const parts = [...add.map((tag) => `+${tag}`), ...remove.map((tag) => `-${tag}`)];
  return escapeMarkdown(`Tags ${parts.join(' ')}`, MAX_TAGS_SUMMARY_CHARS);
}
