import { createHmac, timingSafeEqual } from 'node:crypto';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/** Whether a header has the form of a signature; there must be exactly one. */
export function isSignature(header: string | string[] | undefined): header is string {
  return typeof header === 'string' && SIGNATURE.test(header);
}

/**
 * Whether one of our app secrets signed these bytes. Meta signs the raw body (Meta, Webhooks, read 2026-10-06);
 * several secrets are accepted while one is rotated.
 */
export function isSigned(body: Uint8Array, header: string | string[] | undefined, secrets: readonly string[]): boolean {
  if (!isSignature(header)) return false;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  let isValid = false;
  for (const secret of secrets) {
    // Anyone can sign with an empty secret.
    if (secret === '') continue;
    if (timingSafeEqual(given, createHmac('sha256', secret).update(body).digest())) isValid = true;
  }
  return isValid;
}

/** Compares two secrets in constant time; an empty one equals nothing. */
export function isSameSecret(given: string, expected: string): boolean {
  if (expected === '') return false;
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
