import type { Kysely } from 'kysely';
import { conversationParts } from '../../domain/conversation-id.ts';
import { templateKeyOf } from '../../messenger/outbound/utility.ts';
import type { Tables } from '../db/tables.ts';
import { findContactAndPage } from '../eligibility-records.ts';
import { findTemplateStatus } from '../template-statuses.ts';
import type { NewSend, SendFacts } from './send-record.ts';

/** The facts on which the verdict on a send depends. Only a utility message costs a second query. */
export async function findSendFacts(
  trx: Kysely<Tables>,
  { conversation, message }: Pick<NewSend, 'conversation' | 'message'>,
): Promise<SendFacts> {
  const facts = await findContactAndPage(trx, conversation);
  const template = templateKeyOf(message);
  if (!template) return facts;
  const templateStatus = await findTemplateStatus(trx, conversationParts(conversation)?.pageId ?? '', template);
  return { ...facts, ...(templateStatus !== undefined && { templateStatus }) };
}
