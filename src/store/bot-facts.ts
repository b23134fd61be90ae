import type { ContactQuery } from '../domain/contact.ts';
import type { LocalTime } from '../policy/local-time.ts';
import type { MessageClass } from '../policy/verdict.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';

/** A broadcast that operators can start. */
export interface KnownBroadcast {
  readonly name: string;
  /** The people it is for. */
  readonly query: ContactQuery;
  /** People per second. */
  readonly perSecond: number;
  /** The class of its first message. */
  readonly messageClass: MessageClass;
  /** When it starts by itself, with the time zone of people whose own is not known. Missing: never. */
  readonly every?: LocalTime;
}

/** What a bot has, for processes that do not run it. */
export interface KnownBot {
  /** Names of its sequences, those of its broadcasts included; each once. */
  readonly sequences: readonly string[];
  readonly broadcasts: readonly KnownBroadcast[];
  /** How long the bot is silent after an operator's message, ms. Missing: a worker of an older version reported it. */
  readonly silentAfterHumanMs?: number;
}

/** What the bot has, as the worker that started last reported it. */
export interface BotFactsRecord {
  save(bot: KnownBot, now: number): Promise<void>;
  /** `undefined` if no worker has run on this store. */
  find(): Promise<KnownBot | undefined>;
}

const ONLY_ROW = 1;

/** The one row of the table `bot_facts`. */
export function createBotFacts({ db }: Pick<Database, 'db'>, write: Write<Tables>): BotFactsRecord {
  return {
    save: (bot, at) =>
      write(
        ['bot facts'],
        async (trx) => {
          const row = { facts_json: JSON.stringify(bot), at };
          await trx
            .insertInto('bot_facts')
            .values({ id: ONLY_ROW, ...row })
            .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
            .execute();
        },
        // The next start reports it again.
        { durability: 'lazy' },
      ),
    async find() {
      const row = await db.selectFrom('bot_facts').select('facts_json').executeTakeFirst();
      return row && (JSON.parse(row.facts_json) as KnownBot);
    },
  };
}
