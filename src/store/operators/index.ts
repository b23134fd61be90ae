/** Operators: who they are, and how they prove it. */

import type { Transaction } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import { nameKey } from '../../domain/name-key.ts';
import { MAX_OPERATOR_NAME_CHARS, type DemoOperator, type Operator, type OperatorRole } from '../../domain/operator.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { OperatorsTable, Tables } from '../db/tables.ts';
import { toOperator, unknownOperator } from './operator-row.ts';
import { hashPassword, isPassword } from './secrets.ts';
import { createOperatorSessions, SESSION_IDLE_MS, type OperatorSessions } from './sessions.ts';
import { createOperatorTokens, DAY_MS, type OperatorTokens } from './tokens.ts';

/** An operator as an administrator sees them. */
export interface ListedOperator extends Operator {
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms; left out while they may use the API. */
  readonly disabledAt?: number;
  readonly hasPassword: boolean;
  /** When they last used a session that is open, to the quarter of an hour, or a token, to the day; left out: neither is known. */
  readonly lastSeenAt?: number;
}

/** What a new operator is made of. */
export interface NewOperator {
  readonly name: string;
  readonly role: OperatorRole;
  /** Default: all Pages. */
  readonly pages?: readonly string[] | undefined;
  /** Default: none, so that only tokens let them in. */
  readonly password?: string | undefined;
}

/** Operators by name, whatever its case. */
export interface Operators extends OperatorSessions, OperatorTokens {
  /** @throws `BotError` with `operator_name_invalid`, `operator_exists` or `password_weak`. */
  add(operator: NewOperator, now: number): Promise<Operator>;
  /** The operator of `dev` of that name, admin of all Pages, added if needed; `undefined`: another operator has the name. */
  openDemo(name: DemoOperator, now: number): Promise<Operator | undefined>;
  /** By name. */
  list(): Promise<readonly ListedOperator[]>;
  /** Whether somebody can log in or call with a token at all; the operators of `dev` do not count. */
  hasAny(): Promise<boolean>;
  /** The operator of that name, unless they are disabled. */
  find(name: string): Promise<Operator | undefined>;
  /**
   * Ends their sessions; their tokens are refused until they are enabled. With `keepsAdmin` somebody must remain who can
   * enable them over the operator API. @throws `BotError` with `operator_unknown` or `operator_needed`.
   */
  disable(name: string, now: number, options?: { readonly keepsAdmin?: boolean }): Promise<void>;
  /** @throws `BotError` with `operator_unknown`. */
  enable(name: string): Promise<void>;
  /** The operator, if name and password belong together. Takes as long for a name that nobody has. */
  findByPassword(name: string, password: string): Promise<Operator | undefined>;
}

const NAME = new RegExp(`^(?=.{1,${MAX_OPERATOR_NAME_CHARS}}$)[\\p{L}\\p{N}._-]+(?: [\\p{L}\\p{N}._-]+)*$`, 'u');
/** Shorter passwords are guessed (NIST SP 800-63B-4 asks for 15 where a password is the only factor, and 8 at least). */
export const MIN_PASSWORD_CHARS = 12;
/** The longest password. */
export const MAX_PASSWORD_CHARS = 256;

/** Operators in the tables `operators`, `operator_tokens` and `operator_sessions`. */
export function createOperators({ db }: Pick<Database, 'db'>, write: Write<Tables>): Operators {
  const enabled = () => db.selectFrom('operators').selectAll().where('disabled_at', 'is', null);

  async function setDisabled(name: string, disabledAt: number | null, keepsAdmin = false): Promise<void> {
    const key = nameKey(name);
    await write(LOCK_KEYS, async (trx) => {
      const changed = trx.updateTable('operators').set({ disabled_at: disabledAt }).where('name_key', '=', key);
      const { numUpdatedRows } = await changed.executeTakeFirst();
      if (Number(numUpdatedRows) === 0) throw unknownOperator(name);
      if (keepsAdmin) await requireAdmin(trx, name);
      if (disabledAt !== null) await trx.deleteFrom('operator_sessions').where('operator', '=', key).execute();
    });
  }

  return {
    ...createOperatorSessions({ db }, write),
    ...createOperatorTokens({ db }, write),

    async add({ name, role, pages, password }, now) {
      if (!NAME.test(name))
        throw new BotError(
          'operator_name_invalid',
          `"${name.slice(0, MAX_OPERATOR_NAME_CHARS)}" is no name for an operator. Take 1 to ${MAX_OPERATOR_NAME_CHARS} letters, digits, ".", "_" or "-", with single spaces between them.`,
        );
      if (password !== undefined) checkPassword(password);
      const row: OperatorsTable = {
        name_key: nameKey(name),
        name,
        role,
        pages_json: pages === undefined ? null : JSON.stringify([...new Set(pages)]),
        password_hash: password === undefined ? null : await hashPassword(password),
        created_at: now,
        disabled_at: null,
        is_demo: null,
      };
      const inserted = await write(LOCK_KEYS, (trx) =>
        trx
          .insertInto('operators')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .returning('name')
          .executeTakeFirst(),
      );
      if (inserted) return toOperator(row);
      throw new BotError(
        'operator_exists',
        `There is an operator "${name}" already; names differ in more than case. Take another name, or run everthread operators list.`,
      );
    },

    async openDemo(name, now) {
      const key = nameKey(name);
      const row: OperatorsTable = {
        name_key: key,
        name,
        role: 'admin',
        pages_json: null,
        password_hash: null,
        created_at: now,
        disabled_at: null,
        is_demo: 1,
      };
      const opened = await write(LOCK_KEYS, (trx) =>
        trx
          .insertInto('operators')
          .values(row)
          .onConflict((conflict) =>
            conflict.column('name_key').doUpdateSet({ disabled_at: null }).where('operators.is_demo', '=', 1),
          )
          .returning('name')
          .executeTakeFirst(),
      );
      return opened && toOperator(row);
    },

    async list() {
      const rows = await db
        .selectFrom('operators')
        .selectAll()
        .select((eb) => [
          eb
            .selectFrom('operator_sessions as session')
            .select(({ fn }) => fn.max('session.expires_at').as('at'))
            .whereRef('session.operator', '=', 'name_key')
            .as('session_ends'),
          eb
            .selectFrom('operator_tokens as token')
            .select(({ fn }) => fn.max('token.last_used_day').as('day'))
            .whereRef('token.operator', '=', 'name_key')
            .as('token_day'),
        ])
        .orderBy('name_key')
        .execute();
      return rows.map((row) => ({
        ...toOperator(row),
        createdAt: row.created_at,
        ...(row.disabled_at !== null && { disabledAt: row.disabled_at }),
        hasPassword: row.password_hash !== null,
        ...lastSeen(row.session_ends, row.token_day),
      }));
    },

    async hasAny() {
      return (await enabled().where('is_demo', 'is', null).limit(1).executeTakeFirst()) !== undefined;
    },

    async find(name) {
      const row = await enabled().where('name_key', '=', nameKey(name)).executeTakeFirst();
      return row && toOperator(row);
    },

    disable: (name, now, { keepsAdmin } = {}) => setDisabled(name, now, keepsAdmin),
    enable: (name) => setDisabled(name, null),

    async findByPassword(name, password) {
      const row = await enabled().where('name_key', '=', nameKey(name)).executeTakeFirst();
      const isRight = await isPassword(password, row?.password_hash ?? undefined);
      return row && isRight ? toOperator(row) : undefined;
    },
  };
}

/** Operators are changed rarely: one after the other. */
const LOCK_KEYS = ['operators'];

/** @throws `BotError` with `operator_needed` when no enabled admin of all Pages is left. */
async function requireAdmin(trx: Transaction<Tables>, name: string): Promise<void> {
  const admins = trx
    .selectFrom('operators')
    .select('name')
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null);
  const ofAllPages = admins.where('pages_json', 'is', null).where('is_demo', 'is', null);
  if (await ofAllPages.limit(1).executeTakeFirst()) return;
  throw new BotError(
    'operator_needed',
    `Without "${name}" there is no admin of all Pages, and nobody could enable anybody. Add another one first.`,
  );
}

function lastSeen(sessionEnds: number | null, tokenDay: number | null): Pick<ListedOperator, 'lastSeenAt'> {
  const times = [
    ...(sessionEnds === null ? [] : [Number(sessionEnds) - SESSION_IDLE_MS]),
    ...(tokenDay === null ? [] : [Number(tokenDay) * DAY_MS]),
  ];
  return times.length === 0 ? {} : { lastSeenAt: Math.max(...times) };
}

function checkPassword(password: string): void {
  const { length } = password;
  if (length >= MIN_PASSWORD_CHARS && length <= MAX_PASSWORD_CHARS) return;
  throw new BotError(
    'password_weak',
    `The password has ${length} characters. Take ${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS}; several words are easy to remember and hard to guess.`,
  );
}
