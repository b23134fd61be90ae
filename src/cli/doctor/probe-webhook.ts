/** Calls a webhook as Meta does: the handshake, then a signed POST. Meta, messenger-platform/webhooks, read 2026-10-06. */

import { createHmac } from 'node:crypto';
import { request, type Dispatcher } from 'undici';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import { ok, error, type CheckResult, type Symptom } from './check.ts';

/** The webhook to call, with the secrets it should know. */
export interface WebhookProbe {
  readonly url: string;
  readonly verifyToken: string;
  readonly appSecret: string;
  /** The result when nothing answers. */
  readonly onNoAnswer: (why: string) => CheckResult;
}

/** Meta counts a webhook as failed after this time. */
const META_TIMEOUT_MS = 5000;
const CHALLENGE = '1158201444';
/** Is about no Page, so nothing is stored; and its bytes change when a proxy parses and rewrites the JSON. */
const BODY = '{"object":"everthread doctor",  "escaped":"\\u00e4\\u00f6\\u00e5"}';
/** The api's answer to a signed body that is about no Page. */
const SIGNED_ANSWER = 'only the objects "page" and "instagram" are known here';

/** The result of both calls. */
export async function probeWebhook({ url, verifyToken, appSecret, onNoAnswer }: WebhookProbe): Promise<CheckResult> {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': CHALLENGE };
  const handshake = await call(withQuery(url, query), { method: 'GET' });
  if ('failure' in handshake) return onNoAnswer(handshake.failure);
  if (handshake.status !== 200 || handshake.text !== CHALLENGE) return handshakeFailure(url, handshake);

  const signature = `sha256=${createHmac('sha256', appSecret).update(BODY).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
  const post = await call(url, { method: 'POST', headers, body: BODY });
  if ('failure' in post) return onNoAnswer(post.failure);
  if (post.status === 401) return signatureMismatch(url);
  if (post.text !== SIGNED_ANSWER)
    return error(
      `${withoutQuery(url)} answers a signed POST with ${post.status}, which everthread would not. ${OTHER_LISTENER}`,
    );
  return ok(`${withoutQuery(url)} answers handshake and signature as Meta expects`);
}

const OTHER_LISTENER = 'Something else listens there, or a proxy lets only some requests through.';

function signatureMismatch(url: string): CheckResult {
  return error(
    `${withoutQuery(url)} refuses a body that is signed with our MESSENGER_APP_SECRET. Another one is loaded there (compare it with App Dashboard → Settings → Basic, then start it again), or a proxy changes the body on its way.`,
    'signature',
  );
}

function handshakeFailure(url: string, { status, location }: HttpAnswer): CheckResult {
  const there = withoutQuery(url);
  const failure = (cure: string, symptom: Symptom = 'not_validated') =>
    error(`${there} answers ${status}. ${cure}`, symptom);
  if (status === 403)
    return failure(
      'Another MESSENGER_VERIFY_TOKEN is loaded there, perhaps from another .env: compare them character by character, then start it again.',
    );
  if (status === 404) return failure("There is no webhook under this path: everthread's is /webhook.");
  if (status >= 300 && status < 400) {
    const target =
      location && URL.canParse(location, url)
        ? ` (${quoteForTerminal(withoutQuery(new URL(location, url).href))})`
        : '';
    return failure(`It sends on to another address${target}: register that one with Meta.`);
  }
  if (status >= 500) return failure('A proxy has nothing behind it, or what is there fails.', 'only_locally');
  return failure(`It does not give the challenge back. ${OTHER_LISTENER}`);
}

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly location?: string;
}

type CallOptions = Pick<Dispatcher.RequestOptions, 'method' | 'body'> & { readonly headers?: Record<string, string> };

async function call(url: string, options: CallOptions): Promise<HttpAnswer | { readonly failure: string }> {
  try {
    const {
      statusCode: status,
      headers,
      body,
    } = await request(url, {
      ...options,
      signal: AbortSignal.timeout(META_TIMEOUT_MS),
    });
    const text = await beginningOf(body);
    const { location } = headers;
    return { status, text, ...(typeof location === 'string' && { location }) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

const MAX_BODY_CHARS = 4096;

/** Whatever listens there may send an endless body. */
async function beginningOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += chunk.toString();
    if (text.length > MAX_BODY_CHARS) break;
  }
  return text;
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  if (error.name === 'TimeoutError') return `no answer within ${META_TIMEOUT_MS / 1000} s`;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed';
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
}

/** The address without its query and credentials, which may be secret. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
