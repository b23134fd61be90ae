/** Destinations: the addresses to which events are posted, with their secrets and the topics that each wants. */

import { randomBytes } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { isWanted as isTopicWanted, type DestinationFormat } from '../../domain/outgoing-event.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { DestinationsTable, Tables } from '../db/tables.ts';
import { cipherOf, type Opened } from '../encryption/column-cipher.ts';
import { readTopicChoices } from './put-event.ts';

/** Where events are posted to. */
export interface Destination {
  /** Unique: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** May itself be a secret: only its host is printed. */
  readonly url: string;
  readonly format: DestinationFormat;
  /** Names of topics, prefixes as in `lead.*`, or `*`. */
  readonly topics: readonly string[];
  /** Events of these Pages alone; left out: of all. */
  readonly pages?: readonly string[] | undefined;
  readonly createdAt: number;
  /** Why nothing is posted to it, and since when, epoch ms; missing while it is enabled. */
  readonly disabled?: { readonly at: number; readonly reason: string };
}

/** What a destination is added with. */
export type NewDestination = Pick<Destination, 'name' | 'url' | 'format' | 'topics' | 'pages'>;

/** A destination, and how many events it has not got. */
export interface ListedDestination extends Destination {
  readonly pending: number;
  readonly dead: number;
  /** Why the last try of an event that waits failed. */
  readonly trouble?: string;
}

/** A destination and the secrets that sign: the current one first, and the one before while it is being replaced. */
export interface SigningDestination extends Destination {
  readonly secrets: readonly string[];
}

/** The destinations. Times are epoch ms, real time. */
export interface Destinations {
  /** Resolves to its secret, which nobody can read again; `''` for a format without signature, `undefined` if the name is taken. */
  add(destination: NewDestination, now: number): Promise<string | undefined>;
  /** By name. */
  list(): Promise<readonly ListedDestination[]>;
  find(name: string): Promise<Destination | undefined>;
  /** With the secrets that sign now. */
  findForSigning(name: string, now: number): Promise<SigningDestination | undefined>;
  /** Whether an enabled destination wants a topic, of some Page. */
  isWanted(topic: string): Promise<boolean>;
  /** Removes it with its events. Resolves to `false` if there is none. */
  remove(name: string): Promise<boolean>;
  /** Makes a new secret; the old one signs beside it for {@link ROTATION_MS}. Resolves to `undefined` if it has none. */
  rotate(name: string, now: number): Promise<string | undefined>;
  /** Posts to it again. Resolves to `false` if there is none. */
  enable(name: string): Promise<boolean>;
  /**
   * Posts nothing to it, and puts no new events into the outbox for it; those that wait stay. Resolves to `false` if it was
   * disabled already.
   */
  disable(name: string, reason: string, now: number): Promise<boolean>;
}

/** How long two secrets sign after a rotation. */
export const ROTATION_MS = 86_400_000;
const LOCK_KEYS = ['destinations'];
/** Standard Webhooks takes 24 to 64. */
const SECRET_BYTES = 32;

/** Destinations in the table of this name. */
export function createDestinations({ db }: Pick<Database, 'db'>, write: Write<Tables>): Destinations {
  const cipher = cipherOf(db);

  async function findRow(
    from: Kysely<Tables>,
    name: string,
  ): Promise<Opened<Selectable<DestinationsTable>> | undefined> {
    const row = await from.selectFrom('destinations').selectAll().where('name', '=', name).executeTakeFirst();
    return row && cipher.open('destinations', row);
  }

  return {
    add: ({ name, url, format, topics, pages }, now) =>
      write(LOCK_KEYS, async (trx) => {
        const secret = format === 'standard' ? newSecret() : null;
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('destinations')
          .values({
            name,
            ...cipher.seal('destinations', { name }, { url, secret, previous_secret: null }),
            format,
            topics_json: JSON.stringify(topics),
            pages_json: pages ? JSON.stringify(pages) : null,
            previous_until: null,
            created_at: now,
            disabled_at: null,
            disabled_reason: null,
          })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .executeTakeFirst();
        if (Number(numInsertedOrUpdatedRows) === 0) return undefined;
        // What came for one of the same name while it was removed.
        await trx.deleteFrom('outbox').where('destination', '=', name).execute();
        return secret ?? '';
      }),

    async list() {
      const [rows, counts] = await Promise.all([
        db.selectFrom('destinations').selectAll().orderBy('name').execute(),
        db
          .selectFrom('outbox')
          .select((eb) => [
            'destination',
            'status',
            eb.fn.countAll<number>().as('number'),
            eb.fn.max('trouble').as('trouble'),
          ])
          .where((eb) => eb.or([eb('status', '=', 'pending'), eb('status', '=', 'dead')]))
          .groupBy(['destination', 'status'])
          .execute(),
      ]);
      return rows.map((row) => {
        const of = (status: string) =>
          counts.find((count) => count.destination === row.name && count.status === status);
        const trouble = of('pending')?.trouble;
        return {
          ...toDestination(cipher.open('destinations', row)),
          pending: Number(of('pending')?.number ?? 0),
          dead: Number(of('dead')?.number ?? 0),
          ...(typeof trouble === 'string' && { trouble }),
        };
      });
    },

    async find(name) {
      const row = await findRow(db, name);
      return row && toDestination(row);
    },

    async findForSigning(name, now) {
      const row = await findRow(db, name);
      if (!row) return undefined;
      const { secret, previous_secret: previous, previous_until: until } = row;
      const secrets = [secret, (until ?? 0) > now ? previous : null].filter((each) => each !== null);
      return { ...toDestination(row), secrets };
    },

    async isWanted(topic) {
      return (await readTopicChoices(db)).some(({ topics }) => isTopicWanted(topics, topic));
    },

    remove: (name) =>
      write(LOCK_KEYS, async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('destinations').where('name', '=', name).executeTakeFirst();
        await trx.deleteFrom('outbox').where('destination', '=', name).execute();
        return Number(numDeletedRows) > 0;
      }),

    rotate: (name, now) =>
      write(LOCK_KEYS, async (trx) => {
        const previous = (await findRow(trx, name))?.secret ?? null;
        if (previous === null) return undefined;
        const secret = newSecret();
        // Encrypted, a value is bound to its column: it is written anew.
        const secrets = cipher.seal('destinations', { name }, { secret, previous_secret: previous });
        await trx
          .updateTable('destinations')
          .set({ ...secrets, previous_until: now + ROTATION_MS })
          .where('name', '=', name)
          .execute();
        return secret;
      }),

    enable: (name) =>
      write(LOCK_KEYS, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('destinations')
          .set({ disabled_at: null, disabled_reason: null })
          .where('name', '=', name)
          .executeTakeFirst();
        return Number(numUpdatedRows) > 0;
      }),

    disable: (name, reason, now) =>
      write(LOCK_KEYS, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('destinations')
          .set({ disabled_at: now, disabled_reason: reason })
          .where('name', '=', name)
          .where('disabled_at', 'is', null)
          .executeTakeFirst();
        return Number(numUpdatedRows) > 0;
      }),
  };
}

/** A secret in the form of Standard Webhooks. */
function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

function toDestination(row: Opened<Selectable<DestinationsTable>>): Destination {
  const { name, url, format, topics_json, pages_json, disabled_at: disabledAt, disabled_reason: reason } = row;
  return {
    name,
    url,
    format,
    topics: JSON.parse(topics_json) as string[],
    ...(pages_json !== null && { pages: JSON.parse(pages_json) as string[] }),
    createdAt: Number(row.created_at),
    ...(disabledAt !== null && { disabled: { at: Number(disabledAt), reason: reason ?? '' } }),
  };
}
