/** Which utility templates Meta lets a Page send, from its webhooks and from its list. Real time, epoch ms. */

import type { Transaction } from 'kysely';
import { isObject } from '../messenger/check/json.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { fieldNames } from '../messenger/inbound/webhook-fields.ts';
import type { TemplateKey, TemplateStatus } from '../messenger/outbound/utility.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import { shortKey } from './db/short-key.ts';
import type { Tables } from './db/tables.ts';

/** The last known status of each template of a Page. */
export interface TemplateStatuses {
  /** Records what Meta said at `at`. A status that Meta named later than that stays. */
  record(pageId: string, templates: readonly TemplateStatus[], at: number): Promise<void>;
  /** The status in Meta's words; `undefined` if Meta never named one. */
  find(pageId: string, template: TemplateKey): Promise<string | undefined>;
}

/** Statuses in the table `templates`. */
export function createTemplateStatuses({ db }: Pick<Database, 'db'>, write: Write<Tables>): TemplateStatuses {
  return {
    record: (pageId, templates, at) =>
      write([pageId], async (trx) => {
        for (const template of templates) await recordStatus(trx, pageId, template, at);
      }),
    find: (pageId, template) => findTemplateStatus(db, pageId, template),
  };
}

/** See `TemplateStatuses.find`. */
export async function findTemplateStatus(
  db: Pick<Transaction<Tables>, 'selectFrom'>,
  pageId: string,
  { name, language }: TemplateKey,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('templates')
    .select('status')
    .where('page_id', '=', pageId)
    .where('name', '=', shortKey(name))
    .where('language', '=', shortKey(language))
    .executeTakeFirst();
  return row?.status;
}

const STATUS_FIELDS: readonly string[] = fieldNames('messenger_template_status_update');

/** Records the status in a webhook. Meta documents no keys of its value; these are the ones that other developers report. */
export async function recordTemplateEvent(trx: Transaction<Tables>, event: InboundEvent): Promise<void> {
  if (event.kind !== 'change' || !STATUS_FIELDS.includes(event.field) || !isObject(event.value)) return;
  const {
    message_template_name: name,
    message_template_language: language,
    message_template_status: namedStatus,
    // The key that Meta uses for WhatsApp's templates.
    event: status = namedStatus,
  } = event.value;
  if (typeof name !== 'string' || typeof language !== 'string' || typeof status !== 'string') return;
  await recordStatus(trx, event.pageId, { name, language, status }, event.at);
}

async function recordStatus(
  trx: Transaction<Tables>,
  pageId: string,
  { name, language, status }: TemplateStatus,
  at: number,
): Promise<void> {
  const [key, code] = [withoutNul(name), withoutNul(language)].map(shortKey);
  const row = { page_id: pageId, name: key ?? '', language: code ?? '', status: withoutNul(status), at };
  await trx
    .insertInto('templates')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['page_id', 'name', 'language'])
        .doUpdateSet({ status: row.status, at })
        .where('templates.at', '<=', at),
    )
    .execute();
}

/** PostgreSQL stores no NUL. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
