import { request } from 'undici';
import { onTestFinished } from 'vitest';
import { createMetrics } from '../../../src/api/metrics.ts';
import { createOperatorApp, type OperatorAppOptions } from '../../../src/api/operator/index.ts';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import type { OperatorRole } from '../../../src/domain/operator.ts';
import type { TagChange } from '../../../src/domain/tags.ts';
import type { Store } from '../../../src/store/index.ts';
import { aStoreAt, delivered, targets, theTablesAt, type Target } from '../../store/targets.ts';
import { ANA, PAGE, webhookBody, type MessagingItem } from '../../support/events.ts';
import { aLog } from '../dispatch/dispatching.ts';
import { NO_META, NO_RUNS, NO_TEMPORAL } from './no-temporal.ts';

export const PASSWORD = 'correct horse battery';
export const ANA_ID: ConversationId = `messenger:${PAGE}:${ANA}`;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly token?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WhichStore {
  /** Default: SQLite. */
  readonly target?: Target;
  /** The address of a store that is there. Default: an empty one. */
  readonly at?: string;
}

export interface OperatorOptions {
  readonly name?: string;
  readonly role?: OperatorRole;
  readonly pages?: readonly string[];
}

/** The operator listener on a real port, closed when the test is over. */
export async function anOperatorApp(
  options: Partial<OperatorAppOptions> = {},
  { target = targets[0], at }: WhichStore = {},
) {
  const storeUrl = at ?? (await target?.emptyTables()) ?? '';
  const store = await aStoreAt(storeUrl);
  const { log, lines } = aLog();
  const told: { conversation: ConversationId; change: TagChange }[] = [];
  const app = await createOperatorApp({
    store,
    metrics: createMetrics(store),
    clock: { now: () => Date.now() },
    policy: {},
    workflows: {
      ...NO_TEMPORAL,
      tagsChanged: async (conversation, change) => void told.push({ conversation, change }),
    },
    runs: NO_RUNS,
    graph: NO_META,
    settings: { retention: {}, unansweredAfterMs: 900_000 },
    privateAddresses: 'loopback',
    log,
    ...options,
  });
  onTestFinished(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, store, url, storeUrl, tables: await theTablesAt(storeUrl), lines, told, call: callerAt(url) };
}

export function callerAt(url: string) {
  return async function call(
    path: string,
    { method = 'GET', token, cookie, body, headers }: CallOptions = {},
  ): Promise<Answer> {
    const isWrite = method !== 'GET';
    const answer = await request(`${url}${path}`, {
      method,
      headers: {
        ...(isWrite && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
}

export type Call = ReturnType<typeof callerAt>;

/** An operator with a token. */
export async function anOperator(
  { operators }: Pick<Store, 'operators'>,
  { name = 'Ada', role = 'agent', pages }: OperatorOptions = {},
): Promise<string> {
  await operators.add({ name, role, pages }, Date.now());
  return operators.createToken(name, Date.now());
}

/** The cookie of a login. */
export async function logIn(call: Call, name = 'Ada', password = PASSWORD): Promise<string> {
  const { headers } = await call('/api/v1/session', { method: 'POST', body: { name, password } });
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

/** Stores what people did, as the webhook would. */
export async function stored(store: Store, ...items: readonly MessagingItem[]): Promise<void> {
  for (const item of items) await store.inbox.record(delivered(webhookBody(item)), Date.now());
}
