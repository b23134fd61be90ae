import type { ConversationId } from '../../src/domain/conversation-id.ts';
import { openStoreDatabase } from '../../src/store/db/database.ts';
import type { Tables } from '../../src/store/db/tables.ts';
import { storedInPlain } from '../../src/store/encryption/encrypted.ts';
import type { Store } from '../../src/store/index.ts';
import { delivered } from '../store/targets.ts';
import { ANA, aText, BEN, PAGE, webhookBody } from '../support/events.ts';

const ANA_ID: ConversationId = `messenger:${PAGE}:${ANA}`;
const BEN_ID: ConversationId = `messenger:${PAGE}:${BEN}`;
const DAY_MS = 86_400_000;
/** For how many days before today something was said. */
const BUSY_DAYS = 12;
/** A text that would be an image, and a script, if it were HTML. */
export const NO_HTML = '<img src=x onerror=alert(1)>';

/** Fills a store with what the views of the desk show. */
export async function seed(store: Store, url: string): Promise<void> {
  const now = Date.now();
  for (const psid of [ANA, BEN]) await store.inbox.record(delivered(webhookBody(aText('Hi', { psid, at: now }))), now);
  await store.contacts.saveProfile(ANA_ID, { firstName: 'Ana', lastName: 'Sousa' }, now);
  await saveReports(store, now);
  await saveTroubles(store, now);
  const { db } = await openStoreDatabase(url);
  await db.insertInto('messages').values(messagesBefore(now)).execute();
  await db.insertInto('sends').values(sendsBefore(now)).execute();
  await db.updateTable('contacts').set({ tags: '["buyer"]' }).where('conversation', '=', ANA_ID).execute();
  // As after many tries.
  const died = { status: 'dead', due_at: null, attempts: 9, trouble: 'HTTP 500', settled_at: now } as const;
  await db.updateTable('outbox').set(died).execute();
  const rejected = { status: 'dead', reason: 'It is too large.' } as const;
  await db.updateTable('inbox').set(rejected).where('conversation', '=', BEN_ID).execute();
  await db.destroy();
}

async function saveReports({ leads, funnels, handoffs }: Store, now: number): Promise<void> {
  const consent = { text: 'We keep your address.', given: 'agreed', at: now - DAY_MS } as const;
  const fields = { name: NO_HTML, city: 'Faro' };
  await leads.save({ leadId: 'l1', conversation: ANA_ID, form: 'order', fields, consent, at: now - DAY_MS });
  const letter = { conversation: BEN_ID, form: 'newsletter', fields: { email: 'b@x.example' } };
  await leads.save({ ...letter, leadId: 'l2', at: now - 40 * DAY_MS });
  for (const [index, step] of ['order.started', 'order.asked:size', 'order.completed'].entries()) {
    await funnels.recordStep(ANA_ID, 'order', step, now - DAY_MS + index * 60_000);
    if (index < 2) await funnels.recordStep(BEN_ID, 'order', step, now - DAY_MS + index * 90_000);
  }
  await handoffs.record(BEN_ID, { state: 'waiting', at: now - 5 * 60_000, reason: 'asked' });
}

async function saveTroubles(store: Store, now: number): Promise<void> {
  const { destinations, quarantine, circuitBreakers, leads } = store;
  for (const mark of ['1', '2'])
    await quarantine.strike({ workflowId: ANA_ID, runId: 'r', task: 3, build: 'b', at: now, mark, reason: 'stuck' });
  await circuitBreakers.open(PAGE, { reason: 'token_invalid', code: '190', now });
  const destination = { url: 'https://crm.example/hook', topics: ['lead.*'], format: 'standard' } as const;
  await destinations.add({ ...destination, name: 'crm' }, now);
  const lead = { conversation: ANA_ID, form: 'order', fields: {}, at: now - 3 * DAY_MS };
  for (const leadId of ['l3', 'l4']) await leads.save({ ...lead, leadId });
}

/** Each day a few questions: a plugin answers one, an operator one, and a sequence writes. */
function messagesBefore(now: number): Tables['messages'][] {
  const authors = ['person', 'bot', 'person', 'human', 'person', 'bot'] as const;
  return Array.from({ length: BUSY_DAYS }, (_, day) => {
    const start = now - (day + 1) * DAY_MS;
    return Array.from({ length: 4 + ((day * 5) % 7) }, (__, n) => ({
      page_id: PAGE,
      mid: `m_${day}_${n}`,
      conversation: n < 3 ? ANA_ID : BEN_ID,
      author: authors[n % authors.length] ?? 'person',
      text: storedInPlain('x'),
      at: start + n * 3 * 60_000,
      edited_at: null,
      deleted_at: null,
      send_id: { 1: answerOf(day), 5: stepOf(day) }[n] ?? null,
      attachments_json: null,
    }));
  }).flat();
}

const answerOf = (day: number) => `${ANA_ID}/i${day}/0`;
const stepOf = (day: number) => `${BEN_ID}/i${day}/later/0`;

function sendsBefore(now: number) {
  const send = {
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message_json: storedInPlain('{}'),
    attempts: 1,
    doubtful_since: null,
    message_id: null,
  };
  return Array.from({ length: BUSY_DAYS }, (_, day) => {
    const at = now - (day + 1) * DAY_MS;
    const sent = { ...send, created_at: at, settled_at: at, status: 'sent', code: null } as const;
    return [
      { ...sent, conversation: ANA_ID, send_id: answerOf(day), source: 'plugin faq' },
      { ...sent, conversation: BEN_ID, send_id: stepOf(day), source: 'sequence later' },
      { ...sent, conversation: BEN_ID, send_id: `r${day}`, source: null, status: 'refused', code: 'window_closed' },
    ] as const;
  }).flat();
}
