/** A person's tags: in the conversation's state, and in the store, where segments and broadcasts look. */
import { getExternalWorkflowHandle, log, proxyLocalActivities } from '@temporalio/workflow';
import type { ConversationId } from '../domain/conversation-id.ts';
import {
  LONGEST_TAG,
  MOST_TAGS,
  tagsChangedSignal,
  type EverthreadActivities,
  type TagChange,
} from './contract/index.ts';
import { shortText } from './short-text.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

type Tags = readonly string[];

const LONGEST_SUMMARY = 100;

export function checkedTag(tag: unknown): string {
  return shortText('A tag', tag, LONGEST_TAG);
}

/** A sequence changes them: in the store, and in the conversation while it is open. A closed one finds them in the store. */
export async function changeTags(conversation: ConversationId, change: TagChange): Promise<void> {
  const tags = await outside.changeTags.executeWithOptions({ summary: summaryOf(change) }, [conversation, change]);
  if (change.add.some((tag) => !tags.includes(tag)))
    log.warn(`A person has at most ${MOST_TAGS} tags; one is left out`);
  await getExternalWorkflowHandle(conversation)
    .signal(tagsChangedSignal, change)
    .catch(() => {});
}

/** What a change makes of them. */
export function changedTags(tags: Tags, { add, remove }: TagChange): Tags {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])].slice(0, MOST_TAGS);
}

/** Keeps in the store what became of them; nothing is done when nothing changed. */
export async function keepTags(conversation: ConversationId, before: Tags, after: Tags): Promise<void> {
  if (before === after) return;
  const add = after.filter((tag) => !before.includes(tag));
  const remove = before.filter((tag) => !after.includes(tag));
  if (add.length + remove.length === 0) return;
  const change = { add, remove };
  await outside.changeTags.executeWithOptions({ summary: summaryOf(change) }, [conversation, change]);
}

function summaryOf({ add, remove }: TagChange): string {
  const parts = [...add.map((tag) => `+${tag}`), ...remove.map((tag) => `-${tag}`)];
  return `Tags ${parts.join(' ')}`.slice(0, LONGEST_SUMMARY);
}
