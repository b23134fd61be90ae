import { Agent } from 'undici';
import { z } from 'zod';
import type { NetworkOutcome } from '../messenger/graph-errors.ts';
import type { GraphError, SendApiRequest } from '../messenger/send-api.ts';
import { post, type PostResult } from './post.ts';

/** What came of one call of the Send API. Only `accepted` and `refused` are Meta's word. */
export type GraphAnswer =
  | { readonly status: 'accepted'; readonly messageId: string }
  | { readonly status: 'refused'; readonly error: GraphError }
  | { readonly status: 'no_answer'; readonly outcome: NetworkOutcome };

export interface GraphClient {
  /**
   * `POST /{pageId}/messages`. Never throws: what went wrong is in the answer. All of it, the wait for a free connection
   * included, ends within `timeoutMs`.
   */
  sendMessage(pageId: string, body: SendApiRequest, timeoutMs: number): Promise<GraphAnswer>;
  close(): Promise<void>;
}

export interface GraphClientOptions {
  /** `https://graph.facebook.com`, or the simulator's. */
  readonly url: string;
  readonly version: string;
  /** Of a Page; sent as Bearer, so that it stays out of URLs and logs. */
  readonly accessToken: (pageId: string) => string;
}

const accepted = z.object({ message_id: z.string().min(1) });
const refused = z.object({
  error: z.object({
    message: z.string().catch(''),
    type: z.string().optional().catch(undefined),
    // A number in text is one: who stands between Meta and us may have written it anew.
    code: z.coerce.number().int().min(1),
    error_subcode: z.coerce.number().optional().catch(undefined),
    fbtrace_id: z.string().optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
  }),
});

/** Speaks to the Graph API over kept-alive connections. */
export function createGraphClient({ url, version, accessToken }: GraphClientOptions): GraphClient {
  const agent = new Agent({
    connections: 64,
    // One request at a time on a connection: a broken one leaves one outcome unknown.
    pipelining: 1,
    connect: { timeout: 3000 },
    // A connection that the other side is about to close must not get another request: its end would be ambiguous.
    keepAliveTimeout: 4000,
    keepAliveTimeoutThreshold: 2000,
    // How long an answer may take is for the caller to say.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let closing: Promise<void> | undefined;
  const base = new URL(url.endsWith('/') ? url : `${url}/`);

  return {
    async sendMessage(pageId, body, timeoutMs) {
      const result = await post({
        agent,
        url: new URL(`${version}/${pageId}/messages`, base),
        headers: () => ({ 'content-type': 'application/json', authorization: `Bearer ${accessToken(pageId)}` }),
        body: JSON.stringify(body),
        timeoutMs,
      });
      return result.status === 'answered'
        ? readAnswer(result)
        : { status: 'no_answer', outcome: OUTCOMES[result.status] };
    },
    close: () => (closing ??= agent.close()),
  };
}

const OUTCOMES = {
  never_left: 'connect_refused',
  too_late: 'timeout_before_response',
  broken: 'connection_reset_after_request',
} as const satisfies Record<Exclude<PostResult['status'], 'answered'>, NetworkOutcome>;

function readAnswer({ statusCode, text }: Extract<PostResult, { status: 'answered' }>): GraphAnswer {
  const json = parse(text);
  const ok = accepted.safeParse(json);
  if (statusCode < 300 && ok.success) return { status: 'accepted', messageId: ok.data.message_id };
  const no = refused.safeParse(json);
  if (no.success) return { status: 'refused', error: no.data.error as GraphError };
  return withoutMetasWord(statusCode);
}

/** Somebody between Meta and us, or Meta in a way it does not document. */
function withoutMetasWord(statusCode: number): GraphAnswer {
  if (statusCode < 400 || statusCode >= 500) return { status: 'no_answer', outcome: 'http_5xx_without_body' };
  if (statusCode === 408) return { status: 'no_answer', outcome: 'timeout_before_response' };
  const message = `HTTP ${statusCode} without a readable error`;
  return { status: 'refused', error: { code: statusCode === 429 ? APP_LIMIT : BAD_PARAMETER, message } };
}

/** Meta's codes for what the bare statuses mean. */
const APP_LIMIT = 4;
const BAD_PARAMETER = 100;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
