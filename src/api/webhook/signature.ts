import { createHmac, timingSafeEqual } from 'node:crypto';

const FORM = /^sha256=([0-9a-f]{64})$/;

/** Has this header the form of a signature? There must be exactly one. */
export function isSignature(header: string | string[] | undefined): header is string {
  return typeof header === 'string' && FORM.test(header);
}

/**
 * Did one of our app secrets sign these bytes? Meta signs the raw body (Meta, Webhooks, read 2026-10-06);
 * several secrets are accepted while one is rotated.
 */
export function isSigned(body: Uint8Array, header: string | string[] | undefined, secrets: readonly string[]): boolean {
  if (!isSignature(header)) return false;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  let fits = false;
  for (const secret of secrets) {
    // Anybody can sign with nothing.
    if (secret === '') continue;
    if (timingSafeEqual(given, createHmac('sha256', secret).update(body).digest())) fits = true;
  }
  return fits;
}

/** Are two secrets the same? Takes the same time whatever they have in common; an empty one is none. */
export function isSameSecret(given: string, expected: string): boolean {
  if (expected === '') return false;
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
