import { type Expression, type ExpressionBuilder, expressionBuilder, type Kysely, sql, type SqlBool } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';

/** The newest messages that a search looks into: reading all of a large store would take seconds. */
const MAX_SEARCHED_MESSAGES = 20_000;
/**
 * Conversations that a query names one by one. Where more match, one is never far in the order of the list, and the condition
 * itself finds a page of them.
 */
const MAX_NAMED = 1000;

/**
 * The conversations that match, each looked for once: a list is two queries, and both would read all the messages.
 * Resolves to `undefined` if they are too many to name.
 */
export async function findMatches(db: Kysely<Tables>, words: string): Promise<readonly string[] | undefined> {
  const people = db.selectFrom('contacts').select('conversation');
  // Encrypted names and messages cannot be searched.
  if (cipherOf(db).newestPrefix !== undefined)
    return (await people.where(hasId(words)).limit(MAX_NAMED).execute()).map(({ conversation }) => conversation);
  const isNamed = people.where(hasName(words));
  const named = await isNamed.limit(MAX_NAMED + 1).execute();
  if (named.length > MAX_NAMED) return undefined;
  const mentioned = await mentions(db, words)
    .distinct()
    .limit(MAX_NAMED + 1)
    .execute();
  if (mentioned.length > MAX_NAMED) return undefined;
  return [...new Set([...named, ...mentioned].map(({ conversation }) => conversation))];
}

/** Whether a conversation matches. */
export function matches(words: string): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'contacts'>();
  return eb.or([hasName(words), eb('contacts.conversation', 'in', mentions(expressionBuilder<Tables>(), words))]);
}

/** The whole id. */
function hasId(words: string): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'contacts'>();
  return eb.or([eb('contacts.conversation', '=', words), eb('contacts.psid', '=', words)]);
}

/** The person's name, or the whole id. */
function hasName(words: string): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'contacts'>();
  return eb.or([hasId(words), containsText(sql`coalesce(first_name, '') || ' ' || coalesce(last_name, '')`, words)]);
}

/** The conversations in which one of the newest messages contains the words. */
function mentions(db: Kysely<Tables> | ExpressionBuilder<Tables, never>, words: string) {
  const newest = expressionBuilder<Tables>()
    .selectFrom('messages')
    .select(['conversation', 'text', 'deleted_at'])
    .orderBy('at', 'desc')
    .limit(sql.lit(MAX_SEARCHED_MESSAGES));
  return (
    db
      .selectFrom(newest.as('newest'))
      .select('newest.conversation')
      // Not inside: PostgreSQL would expect few such messages, and sort the whole table instead of reading the index.
      .where('newest.deleted_at', 'is', null)
      .where(containsText(sql.ref('newest.text'), words))
  );
}

/** Whether a text contains the words as they are, `%` and `_` included. Case does not matter, on SQLite in ASCII letters alone. */
function containsText(text: Expression<unknown>, words: string): Expression<SqlBool> {
  const pattern = `%${words.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<SqlBool>`lower(${text}) like lower(${pattern}) escape '\\'`;
}
