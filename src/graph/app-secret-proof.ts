import { createHmac } from 'node:crypto';

/** Computes the value of `appsecret_proof` for a token. */
export type AppSecretProof = (accessToken: string) => string;

const MAX_CACHED_PROOFS = 1000;

/**
 * The hex HMAC-SHA256 of the token: proves that the caller knows the app's secret. Apps can require it. Meta,
 * graph-api/guides/secure-requests, read 2026-10-06.
 */
export function createAppSecretProof(appSecret: string): AppSecretProof {
  const known = new Map<string, string>();
  return (accessToken) => {
    const proof = known.get(accessToken) ?? createHmac('sha256', appSecret).update(accessToken).digest('hex');
    if (known.size >= MAX_CACHED_PROOFS) known.clear();
    known.set(accessToken, proof);
    return proof;
  };
}
