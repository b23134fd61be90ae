import type { Channel } from '../../domain/conversation-id.ts';
import type { SimulatorDatabase } from '../state/database.ts';
import type { MessagingItem, WebhookKind } from './webhook-items.ts';

/** One webhook and the state of its delivery. */
export interface Webhook {
  readonly seq: number;
  /** Empty for a webhook about a Page. */
  readonly psid: string;
  readonly channel: Channel;
  readonly pageId: string;
  readonly kind: WebhookKind;
  /** The `mid` of the message it reports, echoes or confirms. */
  readonly about?: string;
  readonly item: MessagingItem;
  /** Set when another app owned the thread: the item goes to `standby[]`. */
  readonly isStandby: boolean;
  /** When it happened, epoch ms by the person's clock. */
  readonly at: number;
  readonly tries: number;
  /** The time of the latest attempt by the person's clock: `entry.time` of that body. */
  readonly triedAt?: number;
  /** The latest result: `200`, `503`, `no answer within 5 s`, `ECONNREFUSED`. */
  readonly lastAnswer?: string;
  readonly tookMs?: number;
  /** Whether the bot acknowledged it. */
  readonly isAccepted: boolean;
  /** The body of one that was edited by hand; it is delivered once, whatever comes of it. */
  readonly body?: string;
}

/** The result of one delivery attempt. */
export interface DeliveryAttempt {
  readonly at: number;
  readonly answer: string;
  readonly tookMs: number;
  readonly isAccepted: boolean;
}

/** A webhook before its first delivery attempt. */
export type NewWebhook = Pick<Webhook, 'psid' | 'pageId' | 'kind' | 'about' | 'item' | 'isStandby' | 'at'>;

/** All webhooks, acknowledged or waiting. */
export interface Webhooks {
  add(webhook: NewWebhook): void;
  /** Notes a body that was edited by hand, with the result of its only delivery. */
  addEdited(webhook: NewWebhook, body: string, outcome: DeliveryAttempt): void;
  find(seq: number): Webhook | undefined;
  /** The oldest of a person that waits. */
  nextWaiting(psid: string): Webhook | undefined;
  /** The PSIDs for which webhooks wait, the longest waiting first. */
  peopleWaiting(): string[];
  /** Every waiting webhook in the order of events. */
  allWaiting(): Webhook[];
  isWaiting(seq: number): boolean;
  recordAttempt(seq: number, outcome: DeliveryAttempt): void;
  /** Delivers the newest acknowledged webhooks of a person once more. */
  requeue(psid: string, count: number): void;
  /** Delivers this one once more. */
  requeueOne(seq: number): void;
  /** Drops what waits for the app on this Page. */
  abandon(pageId: string): void;
  newest(psid: string, limit: number): Webhook[];
}

/** A value of `is_accepted`: neither waiting nor acknowledged. */
const ABANDONED = 2;

interface WebhookRow {
  readonly seq: number;
  readonly psid: string;
  readonly page_id: string | null;
  readonly kind: WebhookKind;
  readonly is_standby: number;
  readonly about: string | null;
  readonly item: string;
  readonly at: number;
  readonly tries: number;
  readonly tried_at: number | null;
  readonly last_answer: string | null;
  readonly took_ms: number | null;
  readonly is_accepted: number;
  readonly body: string | null;
}

/** `mainPageId` is the Page of webhooks in an older file, which knew one Page only. */
export function createWebhooks(database: SimulatorDatabase, mainPageId: string, channel: Channel): Webhooks {
  const insert = database.prepare(
    'INSERT INTO webhooks (seq, psid, page_id, kind, about, item, is_standby, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertEdited = database.prepare(
    `INSERT INTO webhooks (seq, psid, page_id, kind, about, item, is_standby, at, body, tries, tried_at, last_answer, took_ms, is_accepted)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
  );
  const webhookOf = (row: WebhookRow): Webhook => ({ ...toWebhook(row, mainPageId), channel });
  const next = database.prepare<WebhookRow>(
    'SELECT * FROM webhooks WHERE psid = ? AND is_accepted = 0 ORDER BY seq LIMIT 1',
  );
  const waiting = database.prepare<{ psid: string }>(
    'SELECT psid FROM webhooks WHERE is_accepted = 0 GROUP BY psid ORDER BY min(seq)',
  );
  const everyWaiting = database.prepare<WebhookRow>('SELECT * FROM webhooks WHERE is_accepted = 0 ORDER BY seq');
  const isWaiting = database.prepare<WebhookRow>('SELECT * FROM webhooks WHERE seq = ? AND is_accepted = 0');
  const again = database.prepare(
    `UPDATE webhooks SET is_accepted = 0
     WHERE seq IN (SELECT seq FROM webhooks WHERE psid = ? AND is_accepted = 1 AND body IS NULL ORDER BY seq DESC LIMIT ?)`,
  );
  const one = database.prepare<WebhookRow>('SELECT * FROM webhooks WHERE seq = ?');
  const againOne = database.prepare('UPDATE webhooks SET is_accepted = 0 WHERE seq = ? AND body IS NULL');
  const tried = database.prepare(
    'UPDATE webhooks SET tries = tries + 1, tried_at = ?, last_answer = ?, took_ms = ?, is_accepted = max(?, is_accepted) WHERE seq = ?',
  );
  const giveUp = database.prepare(
    `UPDATE webhooks SET is_accepted = ${ABANDONED}, last_answer = 'given up' WHERE is_accepted = 0 AND coalesce(page_id, ?) = ?`,
  );
  const newest = database.prepare<WebhookRow>('SELECT * FROM webhooks WHERE psid = ? ORDER BY seq DESC LIMIT ?');
  return {
    add: ({ psid, pageId, kind, about, item, isStandby, at }) =>
      insert.run(database.nextSeq(), psid, pageId, kind, about ?? null, JSON.stringify(item), isStandby ? 1 : 0, at),
    addEdited: ({ psid, pageId, kind, item, isStandby, at }, body, { at: triedAt, answer, tookMs, isAccepted }) =>
      insertEdited.run(
        database.nextSeq(),
        psid,
        pageId,
        kind,
        null,
        JSON.stringify(item),
        isStandby ? 1 : 0,
        at,
        body,
        triedAt,
        answer,
        Math.round(tookMs),
        isAccepted ? 1 : ABANDONED,
      ),
    find: (seq) => {
      const row = one.get(seq);
      return row && webhookOf(row);
    },
    nextWaiting: (psid) => {
      const row = next.get(psid);
      return row && webhookOf(row);
    },
    peopleWaiting: () => waiting.all().map((row) => row.psid),
    allWaiting: () => everyWaiting.all().map(webhookOf),
    isWaiting: (seq) => isWaiting.get(seq) !== undefined,
    requeue: (psid, count) => again.run(psid, count),
    requeueOne: (seq) => againOne.run(seq),
    recordAttempt: (seq, { at, answer, tookMs, isAccepted }) =>
      tried.run(at, answer, Math.round(tookMs), isAccepted ? 1 : 0, seq),
    abandon: (pageId) => giveUp.run(mainPageId, pageId),
    newest: (psid, limit) => newest.all(psid, limit).toReversed().map(webhookOf),
  };
}

function toWebhook(row: WebhookRow, mainPageId: string): Omit<Webhook, 'channel'> {
  return {
    seq: row.seq,
    psid: row.psid,
    pageId: row.page_id ?? mainPageId,
    kind: row.kind,
    isStandby: row.is_standby === 1,
    item: JSON.parse(row.item) as MessagingItem,
    at: row.at,
    tries: row.tries,
    isAccepted: row.is_accepted === 1,
    ...(row.about !== null && { about: row.about }),
    ...(row.tried_at !== null && { triedAt: row.tried_at }),
    ...(row.last_answer !== null && { lastAnswer: row.last_answer }),
    ...(row.took_ms !== null && { tookMs: row.took_ms }),
    ...(row.body !== null && { body: row.body }),
  };
}
