/** Who of a segment may be written to now, one after the other, however many there are. */

import type { Clock } from '../domain/clock.ts';
import type { ContactQuery } from '../domain/contact-query.ts';
import { type ConversationId, conversationParts } from '../domain/conversation-id.ts';
import { sequenceSendId } from '../domain/send-id.ts';
import type { RefusalReason } from '../domain/send.ts';
import { verdict, type HoldReason, type MessageClass } from '../policy/verdict.ts';
import type { AudienceMember } from '../store/audience.ts';
import type { Store } from '../store/index.ts';
import { toSendEligibility } from './send/send-eligibility.ts';

export interface AudienceDeps {
  readonly store: Pick<Store, 'audience' | 'ledger'>;
  readonly clock: Clock;
  /** Tells our app from others in a thread; left out: Meta's word is waited for. */
  readonly appId?: string | undefined;
  /** Whether to believe the page of Meta's that gives an ad's window up to 7 days. Default: 24 hours are sure. */
  readonly trustsAdWindow?: boolean;
}

export interface AudienceRequest {
  readonly name: string;
  readonly occasion: string;
  readonly query: ContactQuery;
  readonly messageClass: MessageClass;
  /** The last one who was looked at before. */
  readonly after?: ConversationId;
}

export interface Candidate {
  readonly conversation: ConversationId;
  /** `may`: they can begin. Anything else: why not, a refusal's reason or a hold's. */
  readonly outlook: 'may' | RefusalReason | HoldReason;
}

const LOOKED_AT_ONCE = 200;

/** Looks at everybody behind `after`. A person's own clock counts, as for every send. */
export async function* candidates(deps: AudienceDeps, request: AudienceRequest): AsyncGenerator<Candidate> {
  const { store, clock } = deps;
  let { after } = request;
  for (;;) {
    const page = { limit: LOOKED_AT_ONCE, ...(after !== undefined && { after }) };
    const members = await store.audience.page(request.query, page, Date.now());
    for (const member of members) {
      const { conversation, windowOpenedAt = 0 } = member.contact;
      after = conversation;
      const { activeWithinMs = Infinity } = request.query;
      if (clock.now(conversation) - windowOpenedAt > activeWithinMs) continue;
      yield judged(deps, request, member);
    }
    if (members.length < LOOKED_AT_ONCE) return;
  }
}

/** Whether they had it already is asked apart: few are left for it. */
function judged(
  { clock, appId, trustsAdWindow = false }: AudienceDeps,
  request: AudienceRequest,
  member: AudienceMember,
): Candidate {
  const { conversation } = member.contact;
  const judgement = verdict({
    channel: conversationParts(conversation)?.channel ?? 'messenger',
    author: 'bot',
    purpose: 'update',
    messageClass: request.messageClass,
    eligibility: toSendEligibility(member.contact, member.page, appId),
    now: clock.now(conversation),
    trustsAdWindow,
  });
  return { conversation, outlook: judgement.status === 'allowed' ? 'may' : judgement.reason };
}

/** Their first message of this edition is in the ledger: they are not asked for again. */
export async function hadItAlready(
  { store }: Pick<AudienceDeps, 'store'>,
  { name, occasion }: Pick<AudienceRequest, 'name' | 'occasion'>,
  conversation: ConversationId,
): Promise<boolean> {
  return (await store.ledger.find(sequenceSendId(conversation, occasion, name, 0))) !== undefined;
}
