import type { Clock } from '../domain/clock.ts';
import type { ContactCard } from '../domain/contact-card.ts';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { ALL_PROFILE_FIELDS, NAME_FIELDS, type UserProfile } from '../graph/user-profile.ts';
import type { Logger } from '../logger.ts';
import type { Contact } from '../store/contacts.ts';
import type { Store } from '../store/index.ts';
import type { EverthreadActivities } from '../workflows/contract/index.ts';

export interface OpenConversationDeps {
  readonly store: Store;
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether Meta is asked for names, language and time zone. Default: yes. */
  readonly asksForProfile?: boolean;
}

/** The first answer to somebody new waits for their name no longer than this. */
const PATIENCE_MS = 1500;
/** Names change, and clocks are moved in summer. */
const ASK_AGAIN_MS = 7 * 86_400_000;
/** After Meta said no. */
const ASK_LATER_MS = 3_600_000;

/** What a conversation finds when it opens. Of somebody new Meta is asked who they are. */
export function createOpenConversation(deps: OpenConversationDeps): EverthreadActivities['openConversation'] {
  const { store, clock } = deps;
  return async (conversation) => {
    const [snapshot, contact] = await Promise.all([
      store.snapshots.find(conversation),
      store.contacts.find(conversation),
    ]);
    const news = await askMeta(deps, conversation, contact, clock.now(conversation));
    const tags = contact?.tags;
    return { snapshot, contact: cardOf(news ?? contact ?? {}), ...(tags && { tags }) };
  };
}

async function askMeta(
  { store, graph, log, asksForProfile = true }: OpenConversationDeps,
  conversation: ConversationId,
  contact: Contact | undefined,
  now: number,
): Promise<UserProfile | undefined> {
  const { channel, pageId, psid } = conversationParts(conversation) ?? {};
  const isDue = contact && (contact.profileDueAt === undefined || contact.profileDueAt <= now);
  if (!asksForProfile || !isDue || channel !== 'messenger' || pageId === undefined || psid === undefined)
    return undefined;
  let answer = await graph.userProfile(pageId, psid, ALL_PROFILE_FIELDS, PATIENCE_MS);
  // One field that the app may not have is enough for a no.
  if (answer.status === 'refused') answer = await graph.userProfile(pageId, psid, NAME_FIELDS, PATIENCE_MS);
  if (answer.status === 'no_answer') return undefined;
  if (answer.status === 'refused') {
    log.info({ conversation, code: answer.error.code }, 'Meta does not tell who this is; it is asked again in an hour');
    await store.contacts.saveProfile(conversation, {}, now + ASK_LATER_MS);
    return undefined;
  }
  await store.contacts.saveProfile(conversation, answer.value, now + ASK_AGAIN_MS);
  return { ...cardOf(contact), ...answer.value };
}

function cardOf({ firstName, lastName, locale, timeZone }: ContactCard): ContactCard {
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(locale !== undefined && { locale }),
    ...(timeZone !== undefined && { timeZone }),
  };
}
