import { createHmac, timingSafeEqual } from 'node:crypto';

const FORM = /^sha256=([0-9a-f]{64})$/;

/**
 * Did one of our app secrets sign these bytes? Meta signs the raw body (Meta, Webhooks, read 2026-10-06);
 * several secrets are accepted while one is rotated.
 */
export function isSigned(body: Uint8Array, header: string | undefined, secrets: readonly string[]): boolean {
  const digest = FORM.exec(header ?? '')?.[1];
  if (digest === undefined) return false;
  const given = Buffer.from(digest, 'hex');
  let fits = false;
  for (const secret of secrets) {
    if (timingSafeEqual(given, createHmac('sha256', secret).update(body).digest())) fits = true;
  }
  return fits;
}

/** Are two secrets the same? Takes the same time whatever they have in common. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
