import { nameKey } from '../../domain/name-key.ts';
import type { Operator } from '../../domain/operator.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import { toOperator, unknownOperator } from './operator-row.ts';
import { createToken, hashOfSecret, TOKEN_PREFIX_CHARS } from './secrets.ts';

/** A token as lists show it. Times are epoch ms. */
export interface ListedToken {
  /** The first characters of the token. */
  readonly prefix: string;
  readonly createdAt: number;
  /** The beginning of the day on which it was last used, UTC; left out if it never was. */
  readonly lastUsedOn?: number;
}

/** Tokens with which machines call the operator API as an operator. */
export interface OperatorTokens {
  /** Makes a token, which nobody can read again. @throws `BotError` with `operator_unknown`. */
  createToken(name: string, now: number): Promise<string>;
  /** The operator whose token it is, unless they are disabled. */
  findByToken(token: string, now: number): Promise<Operator | undefined>;
  /** Oldest first. @throws `BotError` with `operator_unknown`. */
  listTokens(name: string): Promise<readonly ListedToken[]>;
  /** Ends the token that begins like this. Resolves to `false` if the operator has none. */
  revokeToken(name: string, prefix: string): Promise<boolean>;
}

/** Uses of tokens are known to the day. */
export const DAY_MS = 86_400_000;

/** Tokens in the table `operator_tokens`. */
export function createOperatorTokens({ db }: Pick<Database, 'db'>, write: Write<Tables>): OperatorTokens {
  return {
    async createToken(name, now) {
      const token = createToken();
      const operator = nameKey(name);
      await write(['operators'], async (trx) => {
        const owner = trx.selectFrom('operators').select('name').where('name_key', '=', operator);
        if (!(await owner.executeTakeFirst())) throw unknownOperator(name);
        await trx
          .insertInto('operator_tokens')
          .values({
            token_hash: hashOfSecret(token),
            prefix: token.slice(0, TOKEN_PREFIX_CHARS),
            operator,
            created_at: now,
            last_used_day: null,
          })
          .execute();
      });
      return token;
    },

    async findByToken(token, now) {
      const hash = hashOfSecret(token);
      const row = await db
        .selectFrom('operator_tokens as token')
        .innerJoin('operators', 'operators.name_key', 'token.operator')
        .select(['token.last_used_day', 'name', 'role', 'pages_json', 'is_demo'])
        .where('token_hash', '=', hash)
        .where('disabled_at', 'is', null)
        .executeTakeFirst();
      if (!row) return undefined;
      const day = Math.floor(now / DAY_MS);
      if ((row.last_used_day ?? 0) < day)
        await write(
          [],
          (trx) =>
            trx.updateTable('operator_tokens').set({ last_used_day: day }).where('token_hash', '=', hash).execute(),
          { durability: 'lazy' },
        );
      return toOperator(row);
    },

    async listTokens(name) {
      const operator = nameKey(name);
      const owner = db.selectFrom('operators').select('name').where('name_key', '=', operator);
      if (!(await owner.executeTakeFirst())) throw unknownOperator(name);
      const rows = await db
        .selectFrom('operator_tokens')
        .select(['prefix', 'created_at', 'last_used_day'])
        .where('operator', '=', operator)
        .orderBy('created_at')
        .execute();
      return rows.map(({ prefix, created_at: createdAt, last_used_day: day }) => ({
        prefix,
        createdAt,
        ...(day !== null && { lastUsedOn: day * DAY_MS }),
      }));
    },

    revokeToken: (name, prefix) =>
      write([], async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('operator_tokens')
          .where('operator', '=', nameKey(name))
          .where('prefix', '=', prefix)
          .executeTakeFirst();
        return Number(numDeletedRows) > 0;
      }),
  };
}
