/**
 * A day of operators, through the operator API: a person asks for a human, waits for 30 hours, is answered by Mia and given
 * back to the bot. Beside a running `npm start`, whose simulator moves time:
 *
 *     npm run everthread -- operators add Mia
 *     npm run everthread -- operators add Tom
 *     export MIA=$(npm run --silent everthread -- operators token Mia)
 *     export TOM=$(npm run --silent everthread -- operators token Tom)
 *     npx tsx --conditions=everthread-source docs/examples/a-day-of-operators.ts
 *
 * `test/chaos/operators.test.ts` plays the same day against `everthread start`, and kills its processes meanwhile.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, createClient, type EverthreadClient } from 'everthread/client';

/** A person who writes to the Page. */
export interface Person {
  readonly psid: string;
  says(text: string): Promise<void>;
  /** Everything that the person got, oldest first. */
  heard(): Promise<readonly string[]>;
  /** Time passes, without a word. */
  waits(hours: number): Promise<void>;
}

/** Who plays the day; Mia and Tom may call different api processes. */
export interface Day {
  readonly person: Person;
  readonly mia: EverthreadClient;
  readonly tom: EverthreadClient;
}

/** From the wish for a human to Mia's first words. Resolves to the id of the conversation. */
export async function answerAfter30Hours({ person, mia, tom }: Day): Promise<string> {
  await person.says('I want a human');
  const id = await until(() => findWaiting(mia, person.psid));
  const params = { path: { id } };
  await mia.POST('/conversations/{id}/take-over', { params });

  await person.waits(30);
  const { verdict } = await mia.GET('/conversations/{id}', { params });
  require(verdict.bot.status === 'refused', 'The window is closed for the bot');
  require(verdict.operator.as === 'HUMAN_AGENT', 'Mia may answer as a human agent');

  const refusal = await errorOf(tom.POST('/conversations/{id}/messages', { params, body: { text: 'Tom here' } }));
  require(refusal?.code === 'conversation_held' && refusal.problem?.heldBy === 'Mia', 'Tom is told who has it');
  await say(mia, id, 'Mia here');
  require((await person.heard()).includes('Mia here'), 'The person has her words');
  return id;
}

/** Mia gives the conversation back, with a word for the bot. Resolves to the bot's answer to the person's question. */
export async function giveBack({ person, mia }: Day, id: string, note: string, question: string): Promise<string> {
  await mia.POST('/conversations/{id}/give-back', { params: { path: { id } }, body: { note } });
  const before = (await person.heard()).length;
  await person.says(question);
  return until(async () => (await person.heard())[before]);
}

/** Sends a message, and asks with its key what becomes of it until that is known. It goes out once. */
export async function say(
  client: EverthreadClient,
  id: string,
  text: string,
  key: string = crypto.randomUUID(),
): Promise<void> {
  const request = { params: { path: { id }, header: { 'idempotency-key': key } }, body: { text } };
  await until(async () => (await client.POST('/conversations/{id}/messages', request)).status === 'sent' || undefined);
}

async function findWaiting(client: EverthreadClient, psid: string): Promise<string | undefined> {
  for await (const { id } of client.list('/conversations', { params: { query: { state: 'waiting' } } }))
    if (id.endsWith(`:${psid}`)) return id;
  return undefined;
}

/** Looks until there is something. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(100);
  }
}

function require(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`Not so: ${sentence}.`);
  console.log(`${sentence}.`);
}

async function errorOf(call: Promise<unknown>): Promise<ApiError | undefined> {
  const error = await call.then(() => undefined).catch((thrown: unknown) => thrown);
  return error instanceof ApiError ? error : undefined;
}

/** A new person of a simulator, by its control API. `timezone`: hours ahead of UTC, as Meta says it. */
export async function aPersonOf(simulatorUrl: string, { firstName = 'Ana', timezone = 0 } = {}): Promise<Person> {
  async function call<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(`${simulatorUrl}/api/people${path}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`The simulator answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  const { psid } = await call<{ psid: string }>('', { firstName, timezone });
  return {
    psid,
    says: (text) => call(`/${psid}/messages`, { text }),
    async heard() {
      const { bubbles } = await call<{ bubbles: { author: string; text?: string }[] }>(`/${psid}`);
      return bubbles.flatMap(({ author, text }) => (author === 'person' || text === undefined ? [] : [text]));
    },
    waits: (hours) => call(`/${psid}/time`, { ms: hours * 3_600_000 }),
  };
}

if (process.argv[1] === import.meta.filename) {
  const { OPERATOR_URL: url = 'http://127.0.0.1:3001', SIMULATOR_URL = 'http://127.0.0.1:3000/simulator' } =
    process.env;
  const { MIA, TOM } = process.env;
  const day: Day = {
    person: await aPersonOf(SIMULATOR_URL),
    mia: createClient({ url, token: MIA }),
    tom: createClient({ url, token: TOM }),
  };
  await day.person.says('Hello');
  const id = await answerAfter30Hours(day);
  console.log(`The bot says again: ${await giveBack(day, id, 'The refund is on its way.', 'When are you open?')}`);
}
