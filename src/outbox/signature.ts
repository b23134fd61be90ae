/**
 * Signatures of Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, read 2026-11-30): HMAC-SHA256 over
 * `{id}.{timestamp}.{body}`, with the key that `whsec_` and base64 stand for.
 */

import { createHmac } from 'node:crypto';

/** What is signed. */
export interface SignedParts {
  /** `webhook-id` */
  readonly id: string;
  /** `webhook-timestamp`: seconds since 1970, when it is posted. Signed too, so that a body cannot be replayed later. */
  readonly timestamp: number;
  readonly body: string;
}

const PREFIX = 'whsec_';

/** The value of `webhook-signature`: one signature for each secret, separated by spaces. */
export function signatureOf({ id, timestamp, body }: SignedParts, secrets: readonly string[]): string {
  return secrets.map((secret) => `v1,${sign(`${id}.${timestamp}.${body}`, secret)}`).join(' ');
}

function sign(text: string, secret: string): string {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  return createHmac('sha256', key).update(text).digest('base64');
}
