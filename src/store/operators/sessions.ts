import { nameKey } from '../../domain/name-key.ts';
import type { Operator } from '../../domain/operator.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import { toOperator } from './operator-row.ts';
import { createSessionId, hashOfSecret } from './secrets.ts';

/** A session that is valid now. */
export interface OperatorSession {
  readonly operator: Operator;
  /** When it ends unless it is used before, epoch ms. */
  readonly expiresAt: number;
}

/** Sessions of operators, shared by all api processes of a store. Times are epoch ms. */
export interface OperatorSessions {
  /** Starts a session; resolves to its id, which the cookie holds and the store does not. */
  startSession(operator: Operator, now: number): Promise<string>;
  /** The session of that id, if it has not expired and its operator is not disabled; using it moves its end. */
  findSession(sessionId: string, now: number): Promise<OperatorSession | undefined>;
  /** The same, without moving its end. */
  readSession(sessionId: string, now: number): Promise<OperatorSession | undefined>;
  endSession(sessionId: string): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** A session ends when it was not used for this long. */
export const SESSION_IDLE_MS = 12 * HOUR_MS;
/** A session ends after this time however often it is used. */
export const MAX_SESSION_MS = 30 * 24 * HOUR_MS;
/** How much of the idle time must pass before a use writes to the store. */
const MIN_EXTENSION_MS = HOUR_MS / 4;

/** Sessions in the table `operator_sessions`. */
export function createOperatorSessions({ db }: Pick<Database, 'db'>, write: Write<Tables>): OperatorSessions {
  const validSession = (sessionId: string, now: number) =>
    db
      .selectFrom('operator_sessions as session')
      .innerJoin('operators', 'operators.name_key', 'session.operator')
      .select(['session.expires_at', 'session.created_at', 'name', 'role', 'pages_json', 'is_demo'])
      .where('session_hash', '=', hashOfSecret(sessionId))
      .where('session.expires_at', '>', now)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();

  return {
    async startSession({ name }, now) {
      const sessionId = createSessionId();
      await write([], async (trx) => {
        await trx.deleteFrom('operator_sessions').where('expires_at', '<=', now).execute();
        await trx
          .insertInto('operator_sessions')
          .values({
            session_hash: hashOfSecret(sessionId),
            operator: nameKey(name),
            created_at: now,
            expires_at: now + SESSION_IDLE_MS,
          })
          .execute();
      });
      return sessionId;
    },

    async findSession(sessionId, now) {
      const row = await validSession(sessionId, now);
      if (!row) return undefined;
      const expiresAt = Math.min(now + SESSION_IDLE_MS, row.created_at + MAX_SESSION_MS);
      if (expiresAt - row.expires_at < MIN_EXTENSION_MS)
        return { operator: toOperator(row), expiresAt: row.expires_at };
      // Lost in a power cut, the session ends a little earlier.
      await write(
        [],
        (trx) =>
          trx
            .updateTable('operator_sessions')
            .set({ expires_at: expiresAt })
            .where('session_hash', '=', hashOfSecret(sessionId))
            .execute(),
        { durability: 'lazy' },
      );
      return { operator: toOperator(row), expiresAt };
    },

    async readSession(sessionId, now) {
      const row = await validSession(sessionId, now);
      return row && { operator: toOperator(row), expiresAt: row.expires_at };
    },

    endSession: (sessionId) =>
      write([], async (trx) => {
        await trx.deleteFrom('operator_sessions').where('session_hash', '=', hashOfSecret(sessionId)).execute();
      }),
  };
}
