import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { request } from 'undici';

/** One call of the Send API, as the fake Graph server saw it. */
export interface SendApiCall {
  readonly psid: string;
  /** The id that the fake Graph server gave the message. */
  readonly mid: string;
  readonly text?: string;
  /** What the bot wants to find in the echo. */
  readonly metadata: string;
  /** True for the first message of a turn. */
  readonly isFirst: boolean;
  /** On the machine's monotonic clock, ms. */
  readonly at: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** The bots' answers as they arrive. */
export interface Answers {
  /** Resolves to the time of the next answer to this person; call it before the message is sent. */
  next(psid: string): Promise<number>;
  /** How many turns have been answered so far. */
  count(): number;
}

/** Reads the calls of the fake Graph server as they arrive, until the returned function is called. */
export async function listenForCalls(graphUrl: string, onCall: (call: SendApiCall) => void): Promise<() => void> {
  const { body } = await request(`${graphUrl}/calls`, { headersTimeout: 0, bodyTimeout: 0 });
  const input = Readable.from(body).on('error', () => {}); // the server ended, or the reader stopped
  const lines = createInterface({ input }).on('error', () => {});
  lines.on('line', (line) => onCall(JSON.parse(line) as SendApiCall));
  return () => {
    lines.close();
    body.destroy();
  };
}

/** Reads the bots' answers from the calls of the fake Graph server. */
export async function listenForAnswers(graphUrl: string): Promise<Answers> {
  const waiting = new Map<string, (at: number) => void>();
  let count = 0;
  await listenForCalls(graphUrl, ({ psid, isFirst, at }) => {
    if (!isFirst) return;
    count += 1;
    waiting.get(psid)?.(at);
    waiting.delete(psid);
  });
  return {
    count: () => count,
    next: (psid) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`${psid} got no answer within ${ANSWER_WITHIN_MS} ms`));
        const timer = setTimeout(late, ANSWER_WITHIN_MS);
        waiting.set(psid, (at) => {
          clearTimeout(timer);
          resolve(at);
        });
      }),
  };
}
