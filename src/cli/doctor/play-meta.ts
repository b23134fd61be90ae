/** Calls a webhook as Meta does: the handshake, and a signed body. Meta, messenger-platform/webhooks, read 2026-10-06. */

import { createHmac } from 'node:crypto';
import { request, type Dispatcher } from 'undici';
import { quoteForTerminal } from '../../graph/describe-graph-error.ts';
import { ok, wrong, type Outcome, type Symptom } from './check.ts';

export interface Played {
  readonly url: string;
  readonly verifyToken: string;
  readonly appSecret: string;
  /** Says what to do when nobody is there. */
  readonly onSilence: (why: string) => Outcome;
}

/** Meta counts a webhook as failed when it is not answered by then. */
const META_WAITS_MS = 5000;
const CHALLENGE = '1158201444';
/** Nothing that is kept, and bytes that change when somebody on the way reads the JSON and writes it anew. */
const BODY = '{"object":"everthread doctor",  "escaped":"\\u00e4\\u00f6\\u00e5"}';
/** What the api says to a signed body that is about no Page. */
const TAKEN_AS_SIGNED = 'only the objects "page" and "instagram" are known here';

export async function playMeta({ url, verifyToken, appSecret, onSilence }: Played): Promise<Outcome> {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': CHALLENGE };
  const handshake = await call(withQuery(url, query), { method: 'GET' });
  if ('failure' in handshake) return onSilence(handshake.failure);
  if (handshake.status !== 200 || handshake.text !== CHALLENGE) return refused(url, handshake);

  const signature = `sha256=${createHmac('sha256', appSecret).update(BODY).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
  const post = await call(url, { method: 'POST', headers, body: BODY });
  if ('failure' in post) return onSilence(post.failure);
  if (post.status === 401) return mismatch(url);
  if (post.text !== TAKEN_AS_SIGNED)
    return wrong(
      `${place(url)} answers a signed POST with ${post.status}, which everthread would not. ${ELSE_LISTENS}`,
    );
  return ok(`${place(url)} answers handshake and signature as Meta expects`);
}

const ELSE_LISTENS = 'Something else listens there, or a proxy lets only some requests through.';

function mismatch(url: string): Outcome {
  return wrong(
    `${place(url)} refuses a body that is signed with our MESSENGER_APP_SECRET. Another one is loaded there (compare it with App Dashboard → Settings → Basic, then start it again), or a proxy changes the body on its way.`,
    'signature',
  );
}

function refused(url: string, { status, location }: Answer): Outcome {
  const there = place(url);
  const told = (cure: string, symptom: Symptom = 'not_validated') =>
    wrong(`${there} answers ${status}. ${cure}`, symptom);
  if (status === 403)
    return told(
      'Another MESSENGER_VERIFY_TOKEN is loaded there, perhaps from another .env: compare them character by character, then start it again.',
    );
  if (status === 404) return told("There is no webhook under this path: everthread's is /webhook.");
  if (status >= 300 && status < 400) {
    const target =
      location && URL.canParse(location, url) ? ` (${quoteForTerminal(place(new URL(location, url).href))})` : '';
    return told(`It sends on to another address${target}: register that one with Meta.`);
  }
  if (status >= 500) return told('A proxy has nothing behind it, or what is there fails.', 'only_locally');
  return told(`It does not give the challenge back. ${ELSE_LISTENS}`);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location?: string;
}

type CallOptions = Pick<Dispatcher.RequestOptions, 'method' | 'body'> & { readonly headers?: Record<string, string> };

async function call(url: string, options: CallOptions): Promise<Answer | { readonly failure: string }> {
  try {
    const {
      statusCode: status,
      headers,
      body,
    } = await request(url, {
      ...options,
      signal: AbortSignal.timeout(META_WAITS_MS),
    });
    const text = await beginningOf(body);
    const { location } = headers;
    return { status, text, ...(typeof location === 'string' && { location }) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

const MAX_TEXT_CHARS = 4096;

/** What listens there may be anything. */
async function beginningOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += chunk.toString();
    if (text.length > MAX_TEXT_CHARS) break;
  }
  return text;
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  if (error.name === 'TimeoutError') return `no answer within ${META_WAITS_MS / 1000} s`;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed';
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
}

/** An address without what may be secret in it. */
export function place(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
