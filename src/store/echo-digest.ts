/**
 * What proves that an echo is of a send of this store: Meta gets the send id with a keyed digest of it as `message.metadata`
 * and returns both in the echo. A send id can be guessed, its digest cannot (docs/decisions/021-echo-digest.md).
 */

import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { SendId } from '../domain/send-id.ts';

/** 128 bits of the HMAC. */
const DIGEST_BYTES = 16;
const DIGEST_CHARS = Math.ceil((DIGEST_BYTES * 4) / 3);
const SEPARATOR = '#';

/** The `message.metadata` of a send: `{send id}#{digest}`. */
export function metadataOf(sendId: SendId, key: KeyObject): string {
  return `${sendId}${SEPARATOR}${digestOf(sendId, key).toString('base64url')}`;
}

/** The send that this metadata proves; `undefined` when its digest is missing or wrong. */
export function provenSendId(metadata: string, key: KeyObject): SendId | undefined {
  const end = metadata.length - DIGEST_CHARS - SEPARATOR.length;
  if (end <= 0 || metadata[end] !== SEPARATOR) return undefined;
  const sendId = metadata.slice(0, end) as SendId;
  const digest = Buffer.from(metadata.slice(end + SEPARATOR.length), 'base64url');
  return digest.length === DIGEST_BYTES && timingSafeEqual(digest, digestOf(sendId, key)) ? sendId : undefined;
}

function digestOf(sendId: SendId, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(sendId).digest().subarray(0, DIGEST_BYTES);
}
