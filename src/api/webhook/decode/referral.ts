import { compact, type JsonObject, within } from '../../../messenger/check/json.ts';
import type { EventFields, ItemKind, ReadContext } from '../../../messenger/inbound/event-fields.ts';
import type { LeadAnswer, Referral } from '../../../messenger/inbound/inbound-event.ts';
import { mapObjects, optionalId, optionalObject, optionalText, textAt } from './fields.ts';

/** Referrals into an existing thread. */
export const REFERRAL_KINDS: readonly ItemKind[] = [
  { key: 'referral', names: 'person_or_ref', read: readReferralEvent },
];

/** `referral` at the top of an item: the thread existed before. */
function readReferralEvent(referral: JsonObject, { item }: ReadContext): EventFields<'referral'> {
  return compact<EventFields<'referral'>>({
    kind: 'referral',
    referral: readReferral(referral),
    lead: readLeadAnswers(item),
  });
}

/** `referral` inside a message or a postback: the thread began with it. */
export function optionalReferral(from: JsonObject): Referral | undefined {
  const referral = optionalObject(from, 'referral');
  return referral && within('referral', () => readReferral(referral));
}

function readReferral(referral: JsonObject): Referral {
  const ad = optionalObject(referral, 'ads_context_data') ?? {};
  const product = optionalObject(referral, 'product') ?? {};
  return compact<Referral>({
    ref: optionalText(referral, 'ref'),
    source: optionalText(referral, 'source'),
    type: optionalText(referral, 'type'),
    adId: optionalId(referral, 'ad_id'),
    adTitle: optionalText(ad, 'ad_title'),
    productId: optionalId(product, 'id') ?? optionalId(ad, 'product_id'),
    flowId: optionalId(ad, 'flow_id'),
    refererUri: optionalText(referral, 'referer_uri'),
  });
}

function readLeadAnswers(item: JsonObject): LeadAnswer[] | undefined {
  const lead = optionalObject(item, 'lead');
  return (
    lead &&
    within('lead', () =>
      mapObjects(lead, 'data', (row) => ({ question: textAt(row, 'question'), answer: textAt(row, 'answer') })),
    )
  );
}
