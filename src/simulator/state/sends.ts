import type { SimulatorDatabase } from './database.ts';

/** One call of the Send API and its result. */
export interface SimulatedSend {
  readonly seq: number;
  /** The recipient, if known. */
  readonly psid?: string;
  /** Set when the message was delivered, even if a fault hid that from the caller. */
  readonly mid?: string;
  /** The body as JSON, without tokens. */
  readonly request: string;
  readonly outcome: 'accepted' | 'refused' | 'cut';
  /** Missing when the connection was cut. */
  readonly httpStatus?: number;
  /** The answer's body as JSON. */
  readonly answer?: string;
  /** What a refusal means in plain words, or a remark on an accepted message. */
  readonly meaning?: string;
  /** The kind of the injected fault, if any. */
  readonly fault?: string;
  /** Epoch ms by the recipient's clock. */
  readonly at: number;
}

/** All calls of the Send API. */
export interface SimulatedSends {
  add(send: Omit<SimulatedSend, 'seq'>): void;
  newest(psid: string, limit: number): SimulatedSend[];
}

interface SendRow {
  readonly seq: number;
  readonly psid: string | null;
  readonly mid: string | null;
  readonly request: string;
  readonly outcome: SimulatedSend['outcome'];
  readonly http_status: number | null;
  readonly answer: string | null;
  readonly meaning: string | null;
  readonly fault: string | null;
  readonly at: number;
}

/** Sends as the database holds them. */
export function createSimulatedSends(database: SimulatorDatabase): SimulatedSends {
  const insert = database.prepare(
    'INSERT INTO sends (seq, psid, mid, request, outcome, http_status, answer, meaning, fault, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const newest = database.prepare<SendRow>('SELECT * FROM sends WHERE psid = ? ORDER BY seq DESC LIMIT ?');
  return {
    add: (send) =>
      insert.run(
        database.nextSeq(),
        send.psid ?? null,
        send.mid ?? null,
        send.request,
        send.outcome,
        send.httpStatus ?? null,
        send.answer ?? null,
        send.meaning ?? null,
        send.fault ?? null,
        send.at,
      ),
    newest: (psid, limit) => newest.all(psid, limit).toReversed().map(toSimulatedSend),
  };
}

function toSimulatedSend(row: SendRow): SimulatedSend {
  return {
    seq: row.seq,
    request: row.request,
    outcome: row.outcome,
    at: row.at,
    ...(row.psid !== null && { psid: row.psid }),
    ...(row.mid !== null && { mid: row.mid }),
    ...(row.http_status !== null && { httpStatus: row.http_status }),
    ...(row.answer !== null && { answer: row.answer }),
    ...(row.meaning !== null && { meaning: row.meaning }),
    ...(row.fault !== null && { fault: row.fault }),
  };
}
