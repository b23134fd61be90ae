/** Snapshots: the state in the store, for a conversation whose workflow has ended, in whatever way. */

import type { ConversationId } from '../../domain/conversation-id.ts';
import { storeActivities } from '../activity-proxies.ts';
import { newState, readState, type ConversationState } from './conversation-state.ts';

/** Saves the state with what waits in its queue. */
export async function saveSnapshot(id: ConversationId, state: ConversationState): Promise<void> {
  state.saves = (state.saves ?? 0) + 1;
  await storeActivities.saveSnapshot(id, state);
}

/** The state of a conversation that opens: from its snapshot in the store, with the contact and tags of today. */
export async function openState(id: ConversationId, now: number): Promise<ConversationState> {
  const { snapshot, contact, tags } = await storeActivities.openConversation(id);
  const state = snapshot === undefined ? newState(contact, now) : { ...readState(snapshot), contact };
  return tags === undefined ? state : { ...state, tags };
}
