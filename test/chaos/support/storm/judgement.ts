/** Whether what each person of a storm heard is what the ledger says. */

import pg from 'pg';
import type { Simulator } from '../../../../src/simulator/index.ts';

/** What became of the answers. */
export interface Judgement {
  /** Answers that nobody heard, which the ledger says may not have been heard: Meta's answers to two calls were lost while the person wrote on. */
  readonly unknown: number;
  /** Answers that came more than once: the call was repeated because its echo came later than a person waits. */
  readonly repeated: number;
  /** Everything else that is wrong, in words. */
  readonly broken: readonly string[];
}

interface SendRow {
  readonly conversation: string;
  readonly message_json: string;
  readonly status: string;
  readonly attempts: number;
}

/** Compares every answer with its send: once for a send that was called for once, and in order. */
export async function judge(databaseUrl: string, simulator: Simulator, people: readonly string[]): Promise<Judgement> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<SendRow>('select conversation, message_json, status, attempts from sends');
  await client.end();
  const sends = new Map(
    rows.map((row) => [
      `${row.conversation.split(':').at(-1)} ${(JSON.parse(row.message_json) as { text?: string }).text}`,
      row,
    ]),
  );
  const sums = { unknown: 0, repeated: 0 };
  const broken: string[] = [];
  for (const psid of people) {
    const { bubbles } = simulator.thread(psid);
    const heard = bubbles.flatMap(({ author, text = '' }) => (author === 'person' ? [] : [text]));
    let last = -1;
    for (const { author, text = '' } of bubbles) {
      if (author !== 'person') continue;
      const answer = `Answer to ${text}`;
      const times = heard.filter((one) => one === answer).length;
      const { status = 'missing', attempts = 0 } = sends.get(`${psid} ${answer}`) ?? {};
      const place = heard.indexOf(answer);
      const isCertain = status === 'sent' && attempts === 1;
      if (times === 0 && status === 'unknown') sums.unknown += 1;
      else if (times > 1 && attempts > 1) sums.repeated += 1;
      else if (times !== 1)
        broken.push(`${psid} heard "${answer}" ${times} times; its send is ${status} after ${attempts} calls`);
      if (!isCertain) continue;
      if (place < last) broken.push(`${psid} heard "${answer}" before the answer to an earlier message`);
      last = place;
    }
  }
  return { ...sums, broken };
}
