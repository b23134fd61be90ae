import { sql, type Transaction } from 'kysely';
import type { EchoEvent } from '../../messenger/inbound/inbound-event.ts';
import { textOfOutbound, type OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import { shortKey } from '../db/short-key.ts';
import type { MessagesTable, SendsTable, Tables } from '../db/tables.ts';
import { cipherOf, type Opened } from '../encryption/column-cipher.ts';
import type { EchoOrigin } from './echo-origin.ts';

/** Resolves to `true` if the echo is of one of our sends; marks an unconfirmed one as `sent`: Meta accepted it. */
export async function recordEcho(
  trx: Transaction<Tables>,
  echo: EchoEvent,
  origin: EchoOrigin,
  now: number,
): Promise<boolean> {
  if (origin.kind === 'foreign') return false;
  const mid = shortKey(echo.mid);
  const row = (await findById(trx, echo, origin)) ?? (await findByContent(trx, echo));
  if (!row) return false;
  if (row.status === 'sent') return true;
  await trx
    .updateTable('sends')
    .set({ status: 'sent', message_id: mid, code: null, settled_at: now })
    .where('send_id', '=', row.send_id)
    .execute();
  await recordOwnLine(trx, echo, row);
  return true;
}

const SEND_COLUMNS = ['send_id', 'status', 'author', 'message_json'] as const;
type EchoedSend = Opened<Pick<SendsTable, (typeof SEND_COLUMNS)[number]>>;

/** A message id proves as much as a digest: Meta made it, and signed the webhook that brings it. */
async function findById(
  trx: Transaction<Tables>,
  { metadata, ...echo }: EchoEvent,
  origin: Exclude<EchoOrigin, { kind: 'foreign' }>,
): Promise<EchoedSend | undefined> {
  const mid = shortKey(echo.mid);
  const row = await trx
    .selectFrom('sends')
    .select(SEND_COLUMNS)
    .where((eb) => {
      const byMid = eb('message_id', '=', mid);
      if (origin.kind === 'proven') return eb.or([eb('send_id', '=', origin.sendId), byMid]);
      if (metadata === undefined) return byMid;
      // A version without digests recorded the send, and perhaps called Meta for it with the bare id.
      return eb.or([eb.and([eb('send_id', '=', metadata), eb('echo_proof', 'is', null)]), byMid]);
    })
    .where('conversation', '=', echo.conversation ?? '')
    .executeTakeFirst();
  return row && cipherOf(trx).open('sends', row);
}

/** How long after a send whose outcome is unknown its echo may still come. */
const MAX_ECHO_DELAY_MS = 3_600_000;

/**
 * On Instagram an echo may come without metadata, and before the answer that has its message id: it then belongs to
 * the oldest send that Meta may have taken and that says the same.
 */
async function findByContent(trx: Transaction<Tables>, echo: EchoEvent): Promise<EchoedSend | undefined> {
  if (echo.metadata !== undefined) return undefined;
  const rows = await trx
    .selectFrom('sends')
    .select(SEND_COLUMNS)
    .where('conversation', '=', echo.conversation ?? '')
    // For the partial index.
    .where('status', '!=', sql.lit('sent'))
    .where((eb) =>
      eb.or([
        eb('status', 'in', ['calling', 'doubtful']),
        eb.and([eb('status', '=', 'unknown'), eb('created_at', '>', echo.at - MAX_ECHO_DELAY_MS)]),
      ]),
    )
    .orderBy('created_at')
    .execute();
  const sends = rows.map((row) => cipherOf(trx).open('sends', row));
  return sends.find((row) => saysTheSame(echo, JSON.parse(row.message_json) as OutboundMessage));
}

function saysTheSame({ text = '', attachments }: EchoEvent, message: OutboundMessage): boolean {
  if ('text' in message) return text.trim() === message.text.trim();
  if ('sticker_id' in message) return attachments.some(({ type }) => type === 'sticker');
  if (!('attachment' in message)) return false;
  const { type } = message.attachment;
  // Meta prints some templates as a card without content.
  return attachments.some((one) => one.type === type || (type === 'template' && one.type === 'fallback'));
}

/** The transcript line of a send whose answer may never arrive, with the author and the text from the ledger. */
async function recordOwnLine(
  trx: Transaction<Tables>,
  { pageId, mid, conversation, text, at }: EchoEvent,
  send: EchoedSend,
): Promise<void> {
  const ours = { send_id: send.send_id, author: send.author as MessagesTable['author'] };
  const line = { page_id: pageId, mid: shortKey(mid) };
  const said = text ?? textOfOutbound(JSON.parse(send.message_json) as OutboundMessage).replaceAll('\0', '');
  await trx
    .insertInto('messages')
    .values({
      ...ours,
      ...line,
      conversation: conversation ?? '',
      ...cipherOf(trx).seal('messages', line, { text: said }),
      at,
      edited_at: null,
      deleted_at: null,
    })
    .onConflict((conflict) => conflict.columns(['page_id', 'mid']).doUpdateSet(ours))
    .execute();
}
