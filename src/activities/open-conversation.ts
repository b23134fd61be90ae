import type { Client } from '@temporalio/client';
import type { Clock } from '../domain/clock.ts';
import type { ContactCard } from '../domain/contact.ts';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { ALL_PROFILE_FIELDS, NAME_FIELDS, type UserProfile } from '../graph/user-profile.ts';
import type { Logger } from '../logger.ts';
import type { Contact } from '../store/contacts.ts';
import type { Store } from '../store/index.ts';
import type { EverthreadActivities } from '../workflows/contract/index.ts';
import { findRunningSequences, type SequenceCauses } from './running-sequences.ts';

/** What opening a conversation needs. */
export interface OpenConversationDeps {
  readonly store: Store;
  readonly graph: GraphClient;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ask Meta for names, language and time zone. Default: true. */
  readonly asksForProfile?: boolean;
}

/** The first answer to a new person waits for their name no longer than this. */
const PROFILE_TIMEOUT_MS = 1500;
/** Names change, and so does a time zone's offset in summer. */
const PROFILE_VALID_MS = 7 * 86_400_000;
/** After Meta refused. */
const PROFILE_RETRY_MS = 3_600_000;

/** The activity `openConversation`: snapshot, contact and tags of a conversation; asks Meta for a profile that is due. */
export function createOpenConversation(deps: OpenConversationDeps): EverthreadActivities['openConversation'] {
  const { store, clock, client } = deps;
  return async (conversation) => {
    const [snapshot, contact, isErased] = await Promise.all([
      store.snapshots.find(conversation),
      store.contacts.find(conversation),
      store.erasures.isUnderWay(conversation),
    ]);
    // Temporal tries again until the erasure has ended this run.
    if (isErased) throw new Error('The person is being erased');
    const fresh = await fetchProfile(deps, conversation, contact, clock.now(conversation));
    const tags = contact?.tags;
    const state = await withRunningSequences(client, conversation, snapshot);
    return { snapshot: state, contact: toContactCard(fresh ?? contact ?? {}), ...(tags && { tags }) };
  };
}

/** The conversation may have ended long ago, or with its Temporal server, and what it says of its sequences is old. */
async function withRunningSequences(client: Client, conversation: ConversationId, snapshot: unknown): Promise<unknown> {
  const { sequences = {} } = (snapshot ?? {}) as { readonly sequences?: SequenceCauses };
  if (Object.keys(sequences).length === 0) return snapshot;
  return { ...(snapshot as object), sequences: await findRunningSequences(client, conversation, sequences) };
}

async function fetchProfile(
  { store, graph, log, asksForProfile = true }: OpenConversationDeps,
  conversation: ConversationId,
  contact: Contact | undefined,
  now: number,
): Promise<UserProfile | undefined> {
  const { channel, pageId, psid } = conversationParts(conversation) ?? {};
  const isDue = contact && (contact.profileDueAt === undefined || contact.profileDueAt <= now);
  if (!asksForProfile || !isDue || channel !== 'messenger' || pageId === undefined || psid === undefined)
    return undefined;
  let answer = await graph.userProfile(pageId, psid, ALL_PROFILE_FIELDS, PROFILE_TIMEOUT_MS);
  // Meta refuses all fields because of one that the app may not read.
  if (answer.status === 'refused') answer = await graph.userProfile(pageId, psid, NAME_FIELDS, PROFILE_TIMEOUT_MS);
  if (answer.status === 'no_answer') return undefined;
  if (answer.status === 'refused') {
    log.info(
      { conversation, code: answer.error.code },
      'Meta refuses the profile of a person; it is asked again in an hour',
    );
    await store.contacts.saveProfile(conversation, {}, now + PROFILE_RETRY_MS);
    return undefined;
  }
  await store.contacts.saveProfile(conversation, answer.value, now + PROFILE_VALID_MS);
  return { ...toContactCard(contact), ...answer.value };
}

function toContactCard({ firstName, lastName, locale, timeZone }: ContactCard): ContactCard {
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(locale !== undefined && { locale }),
    ...(timeZone !== undefined && { timeZone }),
  };
}
