/** Posts one lead to the webhook. */

import { createHmac } from 'node:crypto';
import { Agent } from 'undici';
import type { Lead } from '../domain/lead.ts';
import { httpCall, type HttpResult } from '../graph/http-call.ts';
import { ADDRESS_REFUSED, createGuardedLookup, isAllowedHost, type PrivateAddresses } from '../outgoing-addresses.ts';
import { toLeadRecord } from './lead-record.ts';

/** Where leads are posted to. */
export interface LeadWebhookOptions {
  readonly url: URL;
  /** Signs the body: see {@link signLead}. */
  readonly secret: string;
  /** Which private addresses the webhook may have. */
  readonly privateAddresses: PrivateAddresses;
  /** How names are resolved, in tests. Default: by the system. */
  readonly lookup?: Parameters<typeof createGuardedLookup>[1];
  /** For one try: connecting, writing, the whole answer. Default: 10 s. */
  readonly timeoutMs?: number;
}

/** Result of one try. */
export type LeadDelivery =
  | { readonly status: 'delivered' }
  /** `trouble` holds no personal data and nothing of the address; `afterMs` is the receiver's `Retry-After`. */
  | { readonly status: 'failed'; readonly trouble: string; readonly afterMs?: number };

/** The receiver of leads. */
export interface LeadWebhook {
  /** Never throws: what went wrong is in the result. */
  deliver(lead: Lead): Promise<LeadDelivery>;
  /** Closes the connections. */
  close(): Promise<void>;
}

const LEAD_TIMEOUT_MS = 10_000;

/**
 * The value of `everthread-signature`: the time in seconds, and the HMAC-SHA256 of `{t}.{body}` in hex. The time is
 * signed too, so that a body cannot be replayed later.
 */
export function signLead(body: string, secret: string, now: number): string {
  const t = Math.floor(now / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/**
 * Posts to the one address of the settings. Redirects are not followed: they would lead where nobody has decided. At most
 * 1 MiB of an answer is read, and none of it stored.
 */
export function createLeadWebhook(options: LeadWebhookOptions): LeadWebhook {
  const { url, secret, privateAddresses, lookup, timeoutMs = LEAD_TIMEOUT_MS } = options;
  const connect = { lookup: createGuardedLookup(privateAddresses, lookup) };
  const agent = new Agent({ connections: 8, keepAliveTimeout: 4000, connect });
  let closing: Promise<void> | undefined;
  return {
    async deliver(lead) {
      // A connection to an IP address resolves no name.
      if (!isAllowedHost(url.hostname, privateAddresses)) return { status: 'failed', trouble: REFUSED };
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
      if (result.status !== 'answered') return { status: 'failed', trouble: describeNoAnswer(result) };
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

/** Percent-encodes what a header cannot carry: a form may have any name. */
function toHeaderValue(leadId: string): string {
  // Through bytes: `encodeURIComponent` throws on half a surrogate pair.
  return Buffer.from(leadId)
    .toString()
    .replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
}

function describeNoAnswer({ status, code }: Exclude<HttpResult, { status: 'answered' }>): string {
  return code === ADDRESS_REFUSED ? REFUSED : TROUBLE_BY_STATUS[status];
}

const REFUSED = 'its address is private, which OUTGOING_PRIVATE_ADDRESSES does not allow';

const TROUBLE_BY_STATUS = {
  never_left: 'no connection',
  too_late: 'no answer in time',
  broken: 'the connection broke',
} as const;
