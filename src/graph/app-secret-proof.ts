import { createHmac } from 'node:crypto';

/** What `appsecret_proof` is for a token. */
export type AppSecretProof = (accessToken: string) => string;

const MAX_CACHED_PROOFS = 1000;

/**
 * Proves that whoever has the token has the app's secret too: the hex HMAC-SHA256 of the token. Apps can be set to
 * demand it. Meta, graph-api/guides/secure-requests, read 2026-10-06.
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
