/** By which ids other systems know a person: saved after the turn in which a hook linked them. */

import type { ConversationId } from '../domain/conversation-id.ts';
import type { ExternalId } from '../domain/external-id.ts';
import { storeActivities } from './activity-proxies.ts';

/** Saves what hooks linked. A reset of the run repeats it, which changes nothing. */
export async function saveLinks(conversation: ConversationId, state: { links?: readonly ExternalId[] }): Promise<void> {
  const { links } = state;
  if (!links || links.length === 0) return;
  delete state.links;
  await linkExternalIds(conversation, links);
}

/** Saves external ids of a person. */
export async function linkExternalIds(conversation: ConversationId, ids: readonly ExternalId[]): Promise<void> {
  const systems = [...new Set(ids.map(({ system }) => system))].join(', ');
  await storeActivities.linkExternalIds.executeWithOptions({ summary: `Links an id of ${systems}` }, [
    conversation,
    ids,
  ]);
}
