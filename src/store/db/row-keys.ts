import { type RawBuilder, sql } from 'kysely';

/** Whether a row is one of these, by its primary key. The databases differ in lists of tuples, and agree on this. */
export function isOneOf(
  key: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): RawBuilder<boolean> {
  const isRow = (row: Readonly<Record<string, unknown>>) =>
    sql`(${sql.join(
      key.map((name) => sql`${sql.ref(name)} = ${row[name]}`),
      sql` and `,
    )})`;
  return sql<boolean>`(${sql.join(rows.map(isRow), sql` or `)})`;
}
