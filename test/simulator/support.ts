import { createHmac } from 'node:crypto';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.ts';

export const PAGE = '104857600123456';
export const ANA = '6120459871230045';
export const APP = '517776481860111';
export const TOKEN = 'page-token-of-the-tests';
export const SECRET = 'app-secret-of-the-tests';
export const VERIFY_TOKEN = 'verify-token-of-the-tests';
export const APP_TOKEN = `${APP}|${SECRET}`;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** One `messaging[]` item, with the parts that tests read. */
export interface Item {
  readonly sender: { readonly id: string };
  readonly recipient: { readonly id: string };
  readonly timestamp?: number;
  readonly message?: Record<string, unknown> & { readonly mid: string };
  readonly postback?: Record<string, unknown> & { readonly mid: string };
  readonly [key: string]: unknown;
}

/** A bot's webhook: it records bodies, answers as the test says, and checks every signature. */
export interface Bot {
  readonly url: string;
  readonly bodies: string[];
  items(kind?: string): Item[];
  /** Resolves with the first item that fits, also a later one. */
  gets(wanted: (item: Item) => boolean): Promise<Item>;
  /** The answers to the next webhooks; then 200. `silence`: no answer. */
  readonly answers: (number | 'silence')[];
  readonly wrongSignatures: string[];
}

export async function startBot(onItem?: (item: Item) => void): Promise<Bot> {
  const app = Fastify();
  const bodies: string[] = [];
  const wrongSignatures: string[] = [];
  const answers: (number | 'silence')[] = [];
  const watchers = new Set<() => void>();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.post('/webhook', (request, reply) => {
    const raw = request.body as Buffer;
    const expected = `sha256=${createHmac('sha256', SECRET).update(raw).digest('hex')}`;
    if (request.headers['x-hub-signature-256'] !== expected) wrongSignatures.push(raw.toString());
    bodies.push(raw.toString());
    const answer = answers.shift() ?? 200;
    if (answer === 'silence') return reply.hijack();
    for (const item of itemsOf(raw.toString())) onItem?.(item);
    for (const watcher of watchers) watcher();
    return reply.code(answer).send('EVENT_RECEIVED');
  });
  app.get('/webhook', ({ query }, reply) => {
    const { 'hub.verify_token': token, 'hub.challenge': challenge } = query as Record<string, string>;
    return token === VERIFY_TOKEN ? reply.send(challenge) : reply.code(403).send();
  });
  const url = await listening(app);

  const items = (kind?: string) => bodies.flatMap(itemsOf).filter((item) => kind === undefined || kind in item);
  function gets(wanted: (item: Item) => boolean): Promise<Item> {
    const earlier = items().find(wanted);
    if (earlier) return Promise.resolve(earlier);
    return new Promise((resolve) => {
      const watcher = () => {
        const found = items().find(wanted);
        if (!found) return;
        watchers.delete(watcher);
        resolve(found);
      };
      watchers.add(watcher);
    });
  }
  return { url: `${url}/webhook`, bodies, items, gets, answers, wrongSignatures };
}

export function itemsOf(body: string): Item[] {
  const { entry } = JSON.parse(body) as { entry: { messaging?: Item[]; standby?: Item[] }[] };
  return entry.flatMap(({ messaging, standby }) => messaging ?? standby ?? []);
}

export interface Running {
  readonly simulator: Simulator;
  readonly app: FastifyInstance;
  /** `http://127.0.0.1:…/simulator` */
  readonly url: string;
  /** Calls the Send API as a bot does. */
  send(body: Record<string, unknown>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly json: {
    readonly recipient_id?: string;
    readonly message_id?: string;
    readonly error?: { readonly code: number; readonly error_subcode?: number; readonly message: string };
  };
}

export async function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<Running> {
  const app = Fastify();
  const simulator = createSimulator({
    file: ':memory:',
    pageId: PAGE,
    pageName: 'Bicycle Shop',
    appId: APP,
    accessToken: TOKEN,
    appSecret: SECRET,
    webhookUrl: 'http://127.0.0.1:9/webhook',
    graphVersion: 'v25.0',
    log: app.log,
    redeliveryMs: 40,
    ...options,
  });
  await app.register(simulator.routes, { prefix: '/simulator' });
  const url = `${await listening(app)}/simulator`;
  const send = async (body: Record<string, unknown>): Promise<Answer> => {
    const answer = await fetch(`${url}/graph/v25.0/${PAGE}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: (await answer.json()) as Answer['json'] };
  };
  const stop = async (): Promise<void> => {
    await app.close();
    await simulator.close();
  };
  onTestFinished(stop);
  return { simulator, app, url, send, stop };
}

/** A bot and a simulator that delivers to it. */
export async function startBoth(options: Partial<SimulatorOptions> = {}): Promise<Running & { readonly bot: Bot }> {
  const bot = await startBot();
  return { ...(await startSimulator({ webhookUrl: bot.url, ...options })), bot };
}

export function aSend(message: Record<string, unknown> | string, rest: Record<string, unknown> = {}) {
  return {
    recipient: { id: ANA },
    messaging_type: 'RESPONSE',
    message: typeof message === 'string' ? { text: message } : message,
    ...rest,
  };
}

async function listening(app: FastifyInstance): Promise<string> {
  onTestFinished(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

/** `sent`, or Meta's number of the refusal: `10/2018278`. */
export function outcomeOf({ json: { error } }: Pick<Answer, 'json'>): string {
  return error ? [error.code, error.error_subcode].filter(Boolean).join('/') : 'sent';
}

/** Any other call of the Graph API, by default with the Page's token. */
export async function callGraph(
  { url }: Pick<Running, 'url'>,
  method: string,
  path: string,
  { body, token = TOKEN, headers = {} }: { body?: object; token?: string; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(`${url}/graph/v25.0/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as Answer['json'] & Readonly<Record<string, unknown>>;
  return { status: answer.status, headers: answer.headers, json };
}
