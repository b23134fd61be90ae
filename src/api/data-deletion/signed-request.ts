import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Who wants their data deleted, as Meta says it. */
export interface DeletionRequest {
  /** The person's id for the app (app-scoped), which is no PSID. */
  readonly userId: string;
  /** When Meta signed it, in seconds; missing if it does not say so. */
  readonly issuedAt?: number;
}

/** Why a signed request is refused. */
export type SignedRequestProblem = 'malformed' | 'wrong_signature';

const payloadSchema = z.object({
  algorithm: z.literal('HMAC-SHA256'),
  user_id: z.union([z.string().regex(/^\d{1,32}$/), z.number().int().positive().transform(String)]),
  issued_at: z.number().int().nonnegative().optional(),
});

/**
 * Reads Meta's `signed_request`: `{signature}.{payload}`, both base64url, the signature over the encoded payload (Meta, Data
 * Deletion Request Callback). One of the app secrets must have signed it; two while one is rotated.
 */
export function readSignedRequest(text: string, secrets: readonly string[]): DeletionRequest | SignedRequestProblem {
  const [, signature = '', payload = ''] = /^([\w-]{43})=?\.([\w-]+={0,2})$/.exec(text) ?? [];
  if (payload === '') return 'malformed';
  const given = Buffer.from(signature, 'base64url');
  let isValid = false;
  for (const secret of secrets) {
    // Anyone can sign with an empty secret.
    if (secret === '') continue;
    if (timingSafeEqual(given, createHmac('sha256', secret).update(payload).digest())) isValid = true;
  }
  if (!isValid) return 'wrong_signature';
  const { data } = payloadSchema.safeParse(parse(Buffer.from(payload, 'base64url').toString()));
  if (!data) return 'malformed';
  return { userId: data.user_id, ...(data.issued_at !== undefined && { issuedAt: data.issued_at }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
