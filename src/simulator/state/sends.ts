import type { SimulatorDatabase } from './database.ts';

/** One call of the Send API and what came of it. */
export interface SimulatedSend {
  readonly seq: number;
  /** Whom it was for, when that is somebody known. */
  readonly psid?: string;
  /** Set when the message was delivered, even if the caller never heard of it. */
  readonly mid?: string;
  /** The body as it came, as JSON. */
  readonly request: string;
  readonly outcome: 'accepted' | 'refused' | 'cut';
  /** Missing when the connection was cut. */
  readonly httpStatus?: number;
  readonly answer?: string;
  /** What a refusal means in plain words, or what is odd about what was taken. */
  readonly meaning?: string;
  /** The fault that was ordered, if it was one. */
  readonly fault?: string;
  readonly at: number;
}

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
