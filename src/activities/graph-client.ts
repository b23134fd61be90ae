import { Agent, request } from 'undici';
import { z } from 'zod';
import type { NetworkOutcome } from '../messenger/graph-errors.ts';
import type { GraphError, SendApiRequest } from '../messenger/send-api.ts';

/** What came of one call of the Send API. Only `accepted` and `refused` are Meta's word. */
export type GraphAnswer =
  | { readonly status: 'accepted'; readonly messageId: string }
  | { readonly status: 'refused'; readonly error: GraphError }
  | { readonly status: 'no_answer'; readonly outcome: NetworkOutcome };

export interface GraphClient {
  /** `POST /{pageId}/messages`. Never throws: what went wrong is in the answer. */
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

const accepted = z.object({ message_id: z.string() });
const refused = z.object({
  error: z.object({
    message: z.string(),
    type: z.string().optional(),
    code: z.number(),
    error_subcode: z.number().optional(),
    fbtrace_id: z.string().optional(),
    is_transient: z.boolean().optional(),
  }),
});

const CONNECT_TIMEOUT_MS = 3000;
/** Errors that come before a byte of the request has left: sending again cannot send twice. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Speaks to the Graph API over kept-alive connections. */
export function createGraphClient({ url, version, accessToken }: GraphClientOptions): GraphClient {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, connections: 64, pipelining: 1 });
  const base = `${url.replace(/\/$/, '')}/${version}`;

  return {
    async sendMessage(pageId, body, timeoutMs) {
      try {
        const { statusCode, body: answer } = await request(`${base}/${pageId}/messages`, {
          dispatcher: agent,
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken(pageId)}` },
          body: JSON.stringify(body),
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        return readAnswer(statusCode, await answer.text());
      } catch (error) {
        return { status: 'no_answer', outcome: outcomeOf(error) };
      }
    },
    close: () => agent.close(),
  };
}

function readAnswer(statusCode: number, text: string): GraphAnswer {
  const json = parse(text);
  const ok = accepted.safeParse(json);
  if (statusCode < 300 && ok.success) return { status: 'accepted', messageId: ok.data.message_id };
  const no = refused.safeParse(json);
  if (no.success) return { status: 'refused', error: no.data.error as GraphError };
  if (statusCode < 400 || statusCode >= 500) return { status: 'no_answer', outcome: 'http_5xx_without_body' };
  return { status: 'refused', error: { code: 100, message: `HTTP ${statusCode} without a readable error` } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outcomeOf(error: unknown): NetworkOutcome {
  const { code } = error as { code?: string };
  if (code !== undefined && NEVER_LEFT.has(code)) return 'connect_refused';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout_before_response';
  return 'connection_reset_after_request';
}
