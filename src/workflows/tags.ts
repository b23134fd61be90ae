/** A person's tags: in the conversation's state, and in the store, where segments and broadcasts look. */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { ConversationId } from '../messenger/conversation.ts';
import { MOST_TAGS, type EverthreadActivities, type TagChange } from './contract.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

type Tags = readonly string[];

/** What a change makes of them. */
export function changedTags(tags: Tags, { add, remove }: TagChange): Tags {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])].slice(0, MOST_TAGS);
}

/** Keeps in the store what became of them; nothing is done when nothing changed. */
export async function keepTags(conversation: ConversationId, before: Tags, after: Tags): Promise<void> {
  if (before === after) return;
  const add = after.filter((tag) => !before.includes(tag));
  const remove = before.filter((tag) => !after.includes(tag));
  if (add.length + remove.length > 0) await outside.changeTags(conversation, { add, remove });
}
