/**
 * What a steady turn asks of the database: one message comes in and is delivered, one answer goes out. The counts are
 * exact, so that a statement or a commit more is a decision, and not an accident.
 */

import fs from 'node:fs';
import Libsql from 'libsql';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { targets } from '../store/targets.ts';
import { ANA } from '../support/events.ts';
import { aGate, ANAS } from './gate.ts';

const TURNS = 16;
/** PostgreSQL only, once in a transaction: the advisory locks. */
const LOCK = 'select';

/** `insert into inbox`, `select … from contacts`, `begin`. */
function firstWords(sql: string): string {
  const [words = sql] = /^(insert into|delete from|update|select [^]*? from) "?\w+"?|^\w+/.exec(sql) ?? [];
  return words.replace(/^select [^]* from/, 'select … from').replaceAll('"', '');
}

/** The first words of each statement that the store executes. */
function recordStatements(): string[] {
  const seen: string[] = [];
  const note = (text: unknown) => {
    const words = String(text);
    // The simulator writes its SQL in capitals.
    if (/^[a-z]/.test(words)) seen.push(firstWords(words));
  };
  const statement = Object.getPrototypeOf(new Libsql(':memory:').prepare('select 1')) as {
    run(this: object, ...values: unknown[]): unknown;
    iterate(this: object, ...values: unknown[]): unknown;
  };
  const sqlOf = new WeakMap<object, string>();
  const { prepare, exec } = Libsql.prototype;
  const { run, iterate } = statement;
  vi.spyOn(Libsql.prototype, 'prepare').mockImplementation(function prepareNoted(this: Libsql.Database, sql) {
    const prepared = prepare.call(this, sql);
    sqlOf.set(prepared, sql);
    return prepared;
  });
  vi.spyOn(Libsql.prototype, 'exec').mockImplementation(function execNoted(this: Libsql.Database, sql) {
    note(sql);
    return exec.call(this, sql);
  });
  vi.spyOn(statement, 'run').mockImplementation(function runNoted(this: object, ...values) {
    note(sqlOf.get(this));
    return run.apply(this, values);
  });
  vi.spyOn(statement, 'iterate').mockImplementation(function iterateNoted(this: object, ...values) {
    note(sqlOf.get(this));
    return iterate.apply(this, values);
  });
  const { query } = pg.Client.prototype;
  function queryNoted(this: pg.Client, ...given: Parameters<typeof query>): unknown {
    note(given[0]);
    return query.apply(this, given);
  }
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(queryNoted);
  onTestFinished(() => void vi.restoreAllMocks());
  return seen;
}

test.each(targets)('on $name a turn takes few statements, three commits and two flushes', async (target) => {
  const statements = recordStatements();
  const transactions = (word: 'begin' | 'commit') => statements.filter((words) => words === word).length;
  const flush = vi.spyOn(fs, 'fdatasync');
  const answers: Promise<unknown>[] = [];
  const gate = await aGate({
    echoes: false,
    databaseUrl: await target.emptyDatabase(),
    messagesPerSecond: 300,
    conversationClient: {
      async deliver(_, items) {
        for (const { inboxId } of items) answers.push(gate.send({ sendId: `${ANAS}/i${inboxId}/0` }));
      },
    },
  });
  const takeTurn = async (turn: number) => {
    gate.simulator.says(ANA, `question ${turn}`);
    await vi.waitUntil(() => answers.length === turn, { interval: 1 });
    await answers.at(-1);
    // The mark of the delivery is written with other work, or soon.
    await vi.waitUntil(async () => (await gate.store.inbox.backlog()).pending === 0, { interval: 1 });
    // A look on the same connection sees that mark before it is committed.
    await vi.waitUntil(() => transactions('begin') === transactions('commit'), { interval: 1 });
  };
  // The gate began with a message of Ana.
  for (let turn = 2; turn <= 4; turn += 1) await takeTurn(turn);
  statements.splice(0);
  flush.mockClear();

  for (let turn = 5; turn < 5 + TURNS; turn += 1) await takeTurn(turn);

  // The third is that of lazy work alone, 100 ms after it, if the next turn has not begun by then. PostgreSQL flushes itself.
  const flushes = flush.mock.calls.length;
  expect(flushes).toBeGreaterThanOrEqual(target.name === 'SQLite' ? 2 * TURNS : 0);
  expect(flushes).toBeLessThanOrEqual(target.name === 'SQLite' ? 3 * TURNS : 0);
  const counts = new Map<string, number>();
  for (const words of statements) counts.set(words, (counts.get(words) ?? 0) + 1);
  const count = (words: string) => counts.get(words) ?? 0;
  // Slots of the rate limit are reserved eight at a time, in a transaction of their own or not; unused ones expire.
  const reservations = count('insert into budgets');
  expect(count('commit')).toBeGreaterThanOrEqual(3 * TURNS);
  expect(count('commit')).toBeLessThanOrEqual(3 * TURNS + reservations);
  for (const words of ['begin', 'commit', 'insert into budgets', LOCK]) counts.delete(words);
  // This test's own look at the backlog.
  counts.delete('select … from inbox');
  expect(Object.fromEntries(counts)).toEqual({
    'insert into inbox': TURNS,
    'insert into contacts': TURNS,
    'insert into messages': 2 * TURNS,
    'insert into claims': TURNS,
    'update inbox': TURNS,
    'delete from claims': TURNS,
    'select … from contacts': TURNS,
    'insert into sends': TURNS,
    'update sends': TURNS,
  });
});
