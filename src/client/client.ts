import createFetchClient from 'openapi-fetch';
import { noAddress, toApiError, unreadableAnswer } from './api-error.ts';
import type { Call, HttpMethod, List } from './paths.ts';
import { createPatientFetch } from './patient-fetch.ts';

/** How to reach the operator API. */
export interface ClientOptions {
  /** The address of the operator listener: `http://127.0.0.1:3001`, or that of its reverse proxy. */
  readonly url: string;
  /** From `everthread operators token NAME`. Default: none; a page of the listener has its cookie. */
  readonly token?: string | undefined;
  /** How long a request is tried again, while there is no answer or one that may change soon, ms. Default: 15 000. */
  readonly retryForMs?: number;
  /** How long one try waits for its answer, ms; an upload takes up to 50 seconds. Default: 60 000. */
  readonly timeoutMs?: number;
  /** More headers of each request. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * The operator API by method and path. A call resolves to the answer and throws an `ApiError`; a write has an idempotency
 * key, so that it happens once, however often it is tried.
 */
export interface EverthreadClient {
  /** Reads. */
  readonly GET: Call<'get'>;
  /** Acts. */
  readonly POST: Call<'post'>;
  /** Sets. */
  readonly PUT: Call<'put'>;
  /** Changes. */
  readonly PATCH: Call<'patch'>;
  /** Removes. */
  readonly DELETE: Call<'delete'>;
  /** All items of a list, page by page as they are read. */
  readonly list: List;
}

/**
 * A client of the operator API.
 *
 * ```ts
 * import { createClient } from 'everthread/client';
 *
 * const client = createClient({ url: 'http://127.0.0.1:3001', token: process.env.EVERTHREAD_TOKEN });
 * for await (const { id, waitingSince } of client.list('/conversations', { params: { query: { state: 'waiting' } } })) {
 *   console.log(id, waitingSince);
 *   await client.POST('/conversations/{id}/take-over', { params: { path: { id } }, body: { forMinutes: 30 } });
 *   await client.POST('/conversations/{id}/messages', { params: { path: { id } }, body: { text: 'How can I help?' } });
 * }
 * ```
 */
export function createClient({
  url,
  token,
  retryForMs = 15_000,
  timeoutMs = 60_000,
  headers,
  fetch = (request) => globalThis.fetch(request),
}: ClientOptions): EverthreadClient {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw noAddress(url);
  const api = createFetchClient({
    baseUrl: `${url.replace(/\/+$/, '')}/api/v1`,
    fetch: createPatientFetch({ retryForMs, timeoutMs, fetch }),
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    // A login page is no answer, and a token goes to no other address.
    redirect: 'manual',
  });

  /** Types are those of `Call`; inside, a path is a text. */
  const call = (method: HttpMethod) => async (path: string, init?: object) => {
    const { data, error, response } = await api.request(method, path as never, init as never).catch(toReadable);
    if (!response.ok) throw toApiError(url, response.status, error);
    return data as unknown;
  };
  const get = call('get');

  async function* list(path: string, init: ListInit = {}): AsyncIterable<unknown> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { ...init.params?.query, ...(cursor !== undefined && { cursor }) };
      const page = (await get(path, { ...init, params: { ...init.params, query } })) as ListPage;
      yield* page.items;
      cursor = page.nextCursor ?? null;
    }
  }

  return {
    GET: get as Call<'get'>,
    POST: call('post') as Call<'post'>,
    PUT: call('put') as Call<'put'>,
    PATCH: call('patch') as Call<'patch'>,
    DELETE: call('delete') as Call<'delete'>,
    list: list as List,
  };

  /** A body that is no JSON comes from something else than the api. */
  function toReadable(error: unknown): never {
    if (error instanceof SyntaxError) throw unreadableAnswer(url, 200, error);
    throw error;
  }
}

interface ListInit {
  readonly params?: { readonly query?: object };
}

interface ListPage {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | null;
}
