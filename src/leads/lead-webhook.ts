/** One try to hand a lead to the webhook. */

import { createHmac } from 'node:crypto';
import { Agent } from 'undici';
import { httpCall } from '../graph/http-call.ts';
import type { StoredLead } from '../store/leads.ts';
import { toLeadRecord } from './lead-record.ts';

export interface LeadWebhookOptions {
  readonly url: URL;
  readonly secret: string;
  /** For one try: connecting, writing, the whole answer. Default: 10 s. */
  readonly timeoutMs?: number;
}

export type LeadDelivery =
  | { readonly status: 'delivered' }
  /** `trouble` names no person and nothing of the address; `afterMs` is what the receiver asked for. */
  | { readonly status: 'failed'; readonly trouble: string; readonly afterMs?: number };

export interface LeadWebhook {
  deliver(lead: StoredLead): Promise<LeadDelivery>;
  close(): Promise<void>;
}

const LEAD_TIMEOUT_MS = 10_000;

/**
 * The value of `everthread-signature`: when it was made in seconds, and the HMAC-SHA256 of `{t}.{body}` in hex. The
 * moment is signed too, so that a body that was overheard cannot be sent again later.
 */
export function signLead(body: string, secret: string, now: number): string {
  const t = Math.floor(now / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/**
 * Posts to the one address of the settings, whoever is behind it: nothing of it comes from people. Redirects are not
 * followed, and of an answer no more than 1 MiB is read, and none of it kept.
 */
export function createLeadWebhook({ url, secret, timeoutMs = LEAD_TIMEOUT_MS }: LeadWebhookOptions): LeadWebhook {
  const agent = new Agent({ connections: 8, keepAliveTimeout: 4000 });
  let closing: Promise<void> | undefined;
  return {
    async deliver(lead) {
      const body = JSON.stringify({ type: 'lead', ...toLeadRecord(lead) });
      const result = await httpCall({
        agent,
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'everthread',
          'idempotency-key': toHeaderValue(lead.leadId),
          'everthread-signature': signLead(body, secret, Date.now()),
        },
        body,
        timeoutMs,
      });
      if (result.status !== 'answered') return { status: 'failed', trouble: NO_ANSWER[result.status] };
      const { statusCode, headers } = result;
      if (statusCode >= 200 && statusCode < 300) return { status: 'delivered' };
      const isRedirect = statusCode >= 300 && statusCode < 400;
      const afterMs = Number(headers['retry-after']) * 1000;
      return {
        status: 'failed',
        trouble: `HTTP ${statusCode}${isRedirect ? ', a redirect, which is not followed' : ''}`,
        ...(afterMs > 0 && { afterMs }),
      };
    },
    close: () => (closing ??= agent.close()),
  };
}

/** A form may have any name; what no header can carry is written as in an address. */
function toHeaderValue(leadId: string): string {
  // Through bytes: half a character is no text that could be encoded.
  return Buffer.from(leadId)
    .toString()
    .replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
}

const NO_ANSWER = {
  never_left: 'no connection',
  too_late: 'no answer in time',
  broken: 'the connection broke',
} as const;
