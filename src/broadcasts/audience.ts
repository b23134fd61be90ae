/** The people of a segment with the policy's verdict on writing to them now, in pages of the store. */

import type { Clock } from '../domain/clock.ts';
import type { ContactQuery } from '../domain/contact.ts';
import { type ConversationId, conversationParts } from '../domain/conversation-id.ts';
import { sequenceSendId } from '../domain/send-id.ts';
import { verdict, type MessageClass, type PolicySettings, type Verdict } from '../policy/verdict.ts';
import type { AudienceMember } from '../store/audience.ts';
import type { Store } from '../store/index.ts';
import { toSendEligibility } from '../store/to-send-eligibility.ts';
import type { LeftOutReason } from '../workflows/contract/index.ts';

/** What the choice of a broadcast's people needs. */
export interface AudienceDeps extends PolicySettings {
  readonly store: Pick<Store, 'audience' | 'ledger'>;
  readonly clock: Clock;
}

/** An edition of a broadcast, and the people it is for. */
export interface AudienceRequest {
  /** The broadcast's name. */
  readonly name: string;
  /** The id of the edition; see `broadcastCauseId`. */
  readonly occasion: string;
  readonly query: ContactQuery;
  /** The class of the broadcast's first message. */
  readonly messageClass: MessageClass;
  /** The last person of the step before. */
  readonly after?: ConversationId;
}

/** A person of the segment. */
export interface Candidate {
  readonly conversation: ConversationId;
  readonly verdict: Verdict;
}

const PAGE_SIZE = 200;

/** All people of the segment after `after`, in the order of their conversation ids, each at the time of their own clock. */
export async function* candidates(deps: AudienceDeps, request: AudienceRequest): AsyncGenerator<Candidate> {
  const { store, clock } = deps;
  let { after } = request;
  for (;;) {
    const page = { limit: PAGE_SIZE, ...(after !== undefined && { after }) };
    const members = await store.audience.page(request.query, page, Date.now());
    for (const member of members) {
      const { conversation, windowOpenedAt = 0 } = member.contact;
      after = conversation;
      const { activeWithinMs = Infinity } = request.query;
      if (clock.now(conversation) - windowOpenedAt > activeWithinMs) continue;
      yield { conversation, verdict: verdictOn(deps, request, member) };
    }
    if (members.length < PAGE_SIZE) return;
  }
}

function verdictOn(
  { clock, appId, trustsAdWindow = false }: AudienceDeps,
  { messageClass }: AudienceRequest,
  { contact, page }: AudienceMember,
): Verdict {
  return verdict({
    channel: conversationParts(contact.conversation)?.channel ?? 'messenger',
    author: 'bot',
    purpose: 'update',
    messageClass,
    eligibility: toSendEligibility(contact, page, appId),
    now: clock.now(contact.conversation),
    trustsAdWindow,
  });
}

/**
 * Why the broadcast leaves this person out; `undefined` if it begins for them. The ledger has the first message of an
 * edition that they had already; only those whom the policy allows are looked up.
 */
export async function leftOutReason(
  { store }: Pick<AudienceDeps, 'store'>,
  { name, occasion }: Pick<AudienceRequest, 'name' | 'occasion'>,
  candidate: Candidate,
): Promise<LeftOutReason | undefined> {
  if (candidate.verdict.status !== 'allowed') return candidate.verdict.reason;
  const first = await store.ledger.find(sequenceSendId(candidate.conversation, occasion, name, 0));
  return first && 'had_it_already';
}
