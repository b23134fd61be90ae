/** Queries of the hot path: Kysely builds and compiles each of them once, and every execution only binds its values. */

import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Variants of one query, such as its columns: each combination is compiled apart. */
export type QueryShape = Readonly<Record<string, boolean>>;

/** Runs a query that was compiled before. All executions give the same names in `values`. */
export type CompiledOnce<Values, Row, Shape> = (
  db: Kysely<Tables>,
  values: Values,
  ...shape: Shape extends QueryShape ? [Shape] : []
) => Promise<Row[]>;

/** Stands for a value while the query is compiled. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that is compiled at its first execution, for each dialect. `build` gets placeholders for the values: it may pass
 * them to Kysely, and must not look into them. What it decides by must be in the shape.
 */
export function compileOnce<Values extends object, Row, Shape = undefined>(
  build: (db: Kysely<Tables>, values: Values, shape: Shape) => Compilable<Row>,
): CompiledOnce<Values, Row, Shape> {
  const compiled = new WeakMap<object, Map<string, CompiledQuery<Row>>>();

  function findOrCompile(db: Kysely<Tables>, values: Values, shape?: QueryShape): CompiledQuery<Row> {
    const { adapter } = db.getExecutor();
    const shapes = compiled.get(adapter) ?? new Map<string, CompiledQuery<Row>>();
    compiled.set(adapter, shapes);
    const key = shape ? Object.values(shape).map(Number).join('') : '';
    const existing = shapes.get(key);
    if (existing) return existing;
    const placeholders = Object.fromEntries(Object.keys(values).map((name) => [name, new Placeholder(name)]));
    const query = build(db, placeholders as Values, shape as Shape).compile();
    shapes.set(key, query);
    return query;
  }

  return async (db, values, ...[shape]) => {
    const query = findOrCompile(db, values, shape);
    const { rows } = await db.executeQuery<Row>({ ...query, parameters: bind(query.parameters, values) });
    return rows;
  };
}

function bind(parameters: readonly unknown[], values: object): unknown[] {
  return parameters.map((parameter) => {
    if (!(parameter instanceof Placeholder)) return parameter;
    if (parameter.name in values) return values[parameter.name as keyof typeof values];
    throw new TypeError(`A compiled query has no value for "${parameter.name}".`);
  });
}
