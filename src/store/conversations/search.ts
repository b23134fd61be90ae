import { type Expression, expressionBuilder, sql, type SqlBool } from 'kysely';
import type { Tables } from '../db/tables.ts';

/** The newest messages that a search looks into: reading all of a large store would take seconds. */
export const MAX_SEARCHED_MESSAGES = 20_000;

/** Whether a text contains the words as they are, `%` and `_` included. Case does not matter, on SQLite in ASCII letters alone. */
export function containsText(text: Expression<unknown>, words: string): Expression<SqlBool> {
  const pattern = `%${words.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<SqlBool>`lower(${text}) like lower(${pattern}) escape '\\'`;
}

/** The conversations in which one of the newest messages contains the words. */
export function mentions(words: string) {
  const newest = expressionBuilder<Tables>()
    .selectFrom('messages')
    .select(['conversation', 'text'])
    .where('deleted_at', 'is', null)
    .where('text', 'is not', null)
    .orderBy('at', 'desc')
    .limit(sql.lit(MAX_SEARCHED_MESSAGES));
  return expressionBuilder<Tables>()
    .selectFrom(newest.as('newest'))
    .select('newest.conversation')
    .where(containsText(sql.ref('newest.text'), words));
}
