/** The people of a segment with the policy's verdict on writing to them now, in pages of the store. */

import { broadcastCauseId } from '../domain/cause.ts';
import type { Clock } from '../domain/clock.ts';
import type { ContactQuery } from '../domain/contact.ts';
import { type ConversationId, conversationParts } from '../domain/conversation-id.ts';
import { sequenceSendId } from '../domain/send-id.ts';
import { localDate, nextLocalTime, type LocalTime } from '../policy/local-time.ts';
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
  /** The id of the edition; see `broadcastCauseId`. Missing where `due` is given. */
  readonly occasion?: string;
  /** Only those whose clock shows `time` at `at`, epoch ms; each gets the edition of their own date. */
  readonly due?: { readonly at: number; readonly time: LocalTime };
  readonly query: ContactQuery;
  /** The class of the broadcast's first message. */
  readonly messageClass: MessageClass;
  /** The last person of the step before. */
  readonly after?: ConversationId;
}

/** A person of the segment. */
export interface Candidate {
  readonly conversation: ConversationId;
  /** The id of the edition that they get. */
  readonly occasion: string;
  readonly verdict: Verdict;
}

const PAGE_SIZE = 200;

/** All people of the segment after `after`, in the order of their conversation ids, each at the time of their own clock. */
export async function* candidates(deps: AudienceDeps, request: AudienceRequest): AsyncGenerator<Candidate> {
  const { store, clock } = deps;
  const query = await queryOf(deps, request);
  if (query === undefined) return;
  let { after } = request;
  for (;;) {
    const page = { limit: PAGE_SIZE, ...(after !== undefined && { after }) };
    const members = await store.audience.page(query, page, Date.now());
    for (const member of members) {
      const { conversation, windowOpenedAt = 0, timeZone } = member.contact;
      after = conversation;
      const { activeWithinMs = Infinity } = query;
      if (clock.now(conversation) - windowOpenedAt > activeWithinMs) continue;
      yield { conversation, occasion: occasionOf(request, timeZone), verdict: verdictOn(deps, request, member) };
    }
    if (members.length < PAGE_SIZE) return;
  }
}

/** The query, for those who are due alone; `undefined` if nobody is. */
async function queryOf(
  { store }: Pick<AudienceDeps, 'store'>,
  { query, due }: AudienceRequest,
): Promise<ContactQuery | undefined> {
  if (!due) return query;
  const { at, time } = due;
  const isDue = (zone: string | null) => nextLocalTime(at - 1, time, zone ?? undefined, time.timeZone) === at;
  const timeZones = (await store.audience.timeZones()).filter(isDue);
  return timeZones.length === 0 ? undefined : { ...query, timeZones };
}

function occasionOf({ name, occasion = '', due }: AudienceRequest, timeZone: string | undefined): string {
  return due ? broadcastCauseId(name, localDate(due.at, timeZone, due.time.timeZone)) : occasion;
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
  { name }: Pick<AudienceRequest, 'name'>,
  candidate: Candidate,
): Promise<LeftOutReason | undefined> {
  if (candidate.verdict.status !== 'allowed') return candidate.verdict.reason;
  const first = await store.ledger.find(sequenceSendId(candidate.conversation, candidate.occasion, name, 0));
  return first && 'had_it_already';
}
