/** Posts one event to its destination. */

import { Agent } from 'undici';
import { httpCall, type HttpResult } from '../graph/http-call.ts';
import { ADDRESS_REFUSED, createGuardedLookup, isAllowedHost, type PrivateAddresses } from '../outgoing-addresses.ts';
import type { SigningDestination } from '../store/outbox/destinations.ts';
import type { LeasedEvent } from '../store/outbox/index.ts';
import { signatureOf } from './signature.ts';
import { writePost } from './write-post.ts';

/** How destinations are reached. */
export interface PosterOptions {
  /** Which private addresses a destination may have. */
  readonly privateAddresses: PrivateAddresses;
  /** How names are resolved, in tests. Default: by the system. */
  readonly lookup?: Parameters<typeof createGuardedLookup>[1];
  /** For one try: connecting, writing, the whole answer. Default: 10 s. */
  readonly timeoutMs?: number;
}

/** Result of one try. */
export type PostOutcome =
  | { readonly status: 'delivered' }
  /** The destination wants nothing any more: HTTP 410. */
  | { readonly status: 'gone' }
  /** `trouble` holds no personal data and nothing of the address; `afterMs` is the receiver's `Retry-After`. */
  | { readonly status: 'failed'; readonly trouble: string; readonly afterMs?: number };

/** Posts events. */
export interface Poster {
  /** Never throws: what went wrong is in the result. */
  post(event: LeasedEvent, destination: SigningDestination): Promise<PostOutcome>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** How many events are posted to one destination at the same time. */
export const MAX_CONCURRENT = 8;
const POST_TIMEOUT_MS = 10_000;

/**
 * Redirects are not followed: they would lead where nobody has decided. At most 1 MiB of an answer is read, and none of it
 * stored. Each destination has connections of its own, so that one that hangs takes none of another.
 */
export function createPoster({ privateAddresses, lookup, timeoutMs = POST_TIMEOUT_MS }: PosterOptions): Poster {
  const agents = new Map<string, Agent>();

  function agentOf(name: string): Agent {
    const connect = { lookup: createGuardedLookup(privateAddresses, lookup) };
    const agent = agents.get(name) ?? new Agent({ connections: MAX_CONCURRENT, keepAliveTimeout: 4000, connect });
    agents.set(name, agent);
    return agent;
  }

  return {
    async post(event, destination) {
      const url = new URL(destination.url);
      // A connection to an IP address resolves no name.
      if (!isAllowedHost(url.hostname, privateAddresses)) return { status: 'failed', trouble: REFUSED };
      const body = writePost(event, destination.format);
      const result = await httpCall({
        agent: agentOf(destination.name),
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'everthread',
          ...(destination.secrets.length > 0 && signedHeaders(event.eventId, body, destination.secrets)),
        },
        body,
        timeoutMs,
      });
      return toOutcome(result);
    },
    async close() {
      const open = [...agents.values()];
      agents.clear();
      await Promise.all(open.map((agent) => agent.close()));
    },
  };
}

function signedHeaders(id: string, body: string, secrets: readonly string[]): Readonly<Record<string, string>> {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf({ id, timestamp, body }, secrets),
  };
}

function toOutcome(result: HttpResult): PostOutcome {
  if (result.status !== 'answered') return { status: 'failed', trouble: describeNoAnswer(result) };
  const { statusCode, headers } = result;
  if (statusCode >= 200 && statusCode < 300) return { status: 'delivered' };
  if (statusCode === 410) return { status: 'gone' };
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const afterMs = Number(headers['retry-after']) * 1000;
  return {
    status: 'failed',
    trouble: `HTTP ${statusCode}${isRedirect ? ', a redirect, which is not followed' : ''}`,
    ...(afterMs > 0 && { afterMs }),
  };
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
