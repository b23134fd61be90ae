import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { dayOfColumn, type DayRow, type NumbersQuery } from './per-day.ts';

/** How many people got a message of a sequence. */
export interface SequenceStep {
  readonly sequence: string;
  /** Which of its messages, counted from 1 in each run. */
  readonly step: number;
  readonly people: number;
}

const SOURCE = 'sequence ';
/** Without the mark of a message whose file was uploaded again. */
const SEND_ID = sql<string>`replace(sends.send_id, '.again', '')`;
/** Without the ordinal; later parts of a long message do not end with a slash then. */
const BEFORE_ORDINAL = sql<string>`rtrim(${SEND_ID}, '0123456789')`;

/** The messages of sequences that Meta took, by sequence and ordinal. */
export async function readSequenceSteps(
  db: Kysely<Tables>,
  { from, to, pages }: NumbersQuery,
): Promise<readonly (DayRow & { readonly step: SequenceStep })[]> {
  const day = dayOfColumn('messages.at');
  const ordinal = sql<number>`cast(substr(${SEND_ID}, length(${BEFORE_ORDINAL}) + 1) as integer)`;
  let query = db
    .selectFrom('messages')
    .innerJoin('sends', 'sends.send_id', 'messages.send_id')
    .select(['messages.page_id', 'sends.source', day.as('day'), ordinal.as('ordinal')])
    .select((eb) => eb.fn.count<number>('messages.conversation').distinct().as('people'))
    .where('messages.at', '>=', from)
    .where('messages.at', '<', to)
    .where('sends.source', 'like', `${SOURCE}%`)
    .where(sql<boolean>`${BEFORE_ORDINAL} like '%/'`)
    .groupBy(['messages.page_id', 'sends.source', day, ordinal])
    .orderBy('sends.source')
    .orderBy('ordinal');
  if (pages) query = query.where('messages.page_id', 'in', [...pages, '']);
  const rows = await query.execute();
  return rows.map(({ page_id, day: of, source, ordinal: index, people }) => ({
    page_id,
    day: of,
    step: { sequence: source?.slice(SOURCE.length) ?? '', step: Number(index) + 1, people: Number(people) },
  }));
}
