import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { request } from 'undici';

/** One call of the Send API, as the fake Graph server saw it. */
export interface SendApiCall {
  readonly psid: string;
  /** The first message of its turn; a turn may say more. */
  readonly isFirst: boolean;
  /** On the machine's monotonic clock, ms. */
  readonly at: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** Listens to whom the bots answer. */
export interface Answers {
  /** Resolves with the moment of the next answer to this person. Ask before you speak. */
  next(psid: string): Promise<number>;
  /** How many turns have been answered so far. */
  count(): number;
}

export async function listenForAnswers(graphUrl: string): Promise<Answers> {
  const waiting = new Map<string, (at: number) => void>();
  let count = 0;
  const { body } = await request(`${graphUrl}/calls`, { headersTimeout: 0, bodyTimeout: 0 });
  createInterface({ input: Readable.from(body) }).on('line', (line) => {
    const { psid, isFirst, at } = JSON.parse(line) as SendApiCall;
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
