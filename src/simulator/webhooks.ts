import type { SimulatorDatabase } from './database.ts';
import type { MessagingItem, WebhookKind } from './webhook-items.ts';

/** One item the bot must be told, with how that goes. */
export interface Webhook {
  readonly seq: number;
  readonly psid: string;
  readonly kind: WebhookKind;
  /** The message it belongs to: itself, its echo or its delivery. */
  readonly about?: string;
  readonly item: MessagingItem;
  readonly at: number;
  readonly tries: number;
  /** When the last try was, by the person's clock: `entry.time` of that body. */
  readonly triedAt?: number;
  /** `200`, `503`, `no answer within 5 s`, `ECONNREFUSED`. */
  readonly lastAnswer?: string;
  readonly tookMs?: number;
  readonly isAccepted: boolean;
}

/** How one try went. */
export interface Try {
  readonly at: number;
  readonly answer: string;
  readonly tookMs: number;
  readonly isAccepted: boolean;
}

export interface Webhooks {
  add(webhook: Pick<Webhook, 'psid' | 'kind' | 'about' | 'item' | 'at'>): void;
  nextWaiting(psid: string): Webhook | undefined;
  /** Everybody for whom something waits. */
  waitingFor(): string[];
  tried(seq: number, outcome: Try): void;
  newest(psid: string, limit: number): Webhook[];
}

interface Row {
  readonly seq: number;
  readonly psid: string;
  readonly kind: WebhookKind;
  readonly about: string | null;
  readonly item: string;
  readonly at: number;
  readonly tries: number;
  readonly tried_at: number | null;
  readonly last_answer: string | null;
  readonly took_ms: number | null;
  readonly is_accepted: number;
}

export function createWebhooks(database: SimulatorDatabase): Webhooks {
  const insert = database.prepare('INSERT INTO webhooks (seq, psid, kind, about, item, at) VALUES (?, ?, ?, ?, ?, ?)');
  const next = database.prepare<Row>('SELECT * FROM webhooks WHERE psid = ? AND is_accepted = 0 ORDER BY seq LIMIT 1');
  const waiting = database.prepare<{ psid: string }>(
    'SELECT psid FROM webhooks WHERE is_accepted = 0 GROUP BY psid ORDER BY min(seq)',
  );
  const tried = database.prepare(
    'UPDATE webhooks SET tries = tries + 1, tried_at = ?, last_answer = ?, took_ms = ?, is_accepted = ? WHERE seq = ?',
  );
  const newest = database.prepare<Row>('SELECT * FROM webhooks WHERE psid = ? ORDER BY seq DESC LIMIT ?');
  return {
    add: ({ psid, kind, about, item, at }) =>
      insert.run(database.nextSeq(), psid, kind, about ?? null, JSON.stringify(item), at),
    nextWaiting: (psid) => {
      const row = next.get(psid);
      return row && webhookOf(row);
    },
    waitingFor: () => waiting.all().map((row) => row.psid),
    tried: (seq, { at, answer, tookMs, isAccepted }) =>
      tried.run(at, answer, Math.round(tookMs), isAccepted ? 1 : 0, seq),
    newest: (psid, limit) => newest.all(psid, limit).toReversed().map(webhookOf),
  };
}

function webhookOf(row: Row): Webhook {
  return {
    seq: row.seq,
    psid: row.psid,
    kind: row.kind,
    item: JSON.parse(row.item) as MessagingItem,
    at: row.at,
    tries: row.tries,
    isAccepted: row.is_accepted === 1,
    ...(row.about !== null && { about: row.about }),
    ...(row.tried_at !== null && { triedAt: row.tried_at }),
    ...(row.last_answer !== null && { lastAnswer: row.last_answer }),
    ...(row.took_ms !== null && { tookMs: row.took_ms }),
  };
}
