import { backoffMs } from '../backoff.ts';
import { unreachable } from './api-error.ts';

/** How long to wait for an answer, and for a better one. */
export interface PatientFetchOptions {
  readonly retryForMs: number;
  readonly timeoutMs: number;
  readonly fetch: (request: Request) => Promise<Response>;
}

const BACKOFF = { minMs: 250, maxMs: 4000 };
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A `fetch` that tries again while no answer comes, or one that says that the next try may succeed. A write has an
 * idempotency key, the same in every try, so that it happens once.
 */
export function createPatientFetch({ retryForMs, timeoutMs, fetch }: PatientFetchOptions) {
  return async function patientFetch(request: Request): Promise<Response> {
    if (!SAFE_METHODS.has(request.method)) prepareWrite(request);
    const giveUpAt = Date.now() + retryForMs;
    for (let failures = 1; ; failures += 1) {
      const result = await tryOnce(request);
      if (result instanceof Response && !isTemporary(result)) return result;
      const waitMs = Math.max(backoffMs(BACKOFF, failures), retryAfterMs(result));
      if (Date.now() + waitMs > giveUpAt) return resultOrThrow(request, result);
      await sleep(waitMs, request.signal);
    }
  };

  /** Resolves to what `fetch` throws, unless the caller ended the request. */
  async function tryOnce(request: Request): Promise<unknown> {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      const signal = AbortSignal.any([request.signal, ended.signal]);
      return await readWhole(await fetch(new Request(request.clone(), { signal })));
    } catch (error) {
      request.signal.throwIfAborted();
      return error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The answer with its body: a connection that breaks within it is no answer either. */
async function readWhole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  const { status, headers } = response;
  // Of a redirect in a browser, nothing may be seen.
  return status === 0 ? response : new Response(body.byteLength === 0 ? null : body, { status, headers });
}

/** The api takes JSON alone, also from a write without a body. */
function prepareWrite({ headers }: Request): void {
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  if (!headers.has('idempotency-key')) headers.set('idempotency-key', newKey());
}

/** Browsers have `randomUUID` over TLS alone. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether the same request may get another answer soon: something is away, or the request is in progress. */
function isTemporary({ status, headers }: Response): boolean {
  return status >= 500 || headers.has('retry-after');
}

function retryAfterMs(result: unknown): number {
  return result instanceof Response ? Number(result.headers.get('retry-after') ?? 0) * 1000 || 0 : 0;
}

function resultOrThrow({ url }: Request, result: unknown): Response {
  if (result instanceof Response) return result;
  throw unreachable(url, result);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    }
  });
}
