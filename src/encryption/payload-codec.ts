/** Encrypts what Temporal stores: inputs, results, signals, memos, summaries and the words of failures. */

import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { createSealer, type KeyRing, missingKeys } from './sealer.ts';

/** The encoding by which an encrypted payload is recognised; on the wire, so that it never changes. */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
/** Not bound to a workflow: Temporal's UI asks for payloads without saying whose they are. */
const CONTEXT = 'payload';
const { Payload: PayloadProto } = proto.temporal.api.common.v1;

/** The codec of a key ring. Without keys it encodes nothing, and refuses what is encrypted. Plain payloads pass. */
export function createPayloadCodec(ring: KeyRing): PayloadCodec {
  const sealer = createSealer(ring, 'Temporal payload');
  return {
    encode: async (payloads) =>
      sealer
        ? payloads.map((payload) => {
            const { keyId, bytes } = sealer.seal(PayloadProto.encode(payload).finish(), CONTEXT);
            const metadata = { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(keyId) };
            return { metadata, data: bytes };
          })
        : payloads,
    decode: async (payloads) =>
      payloads.map((payload) => {
        const keyId = keyIdOf(payload);
        if (keyId === undefined) return payload;
        if (!sealer) throw missingKeys([keyId], 'What Temporal stores needs');
        return PayloadProto.decode(sealer.open({ keyId, bytes: payload.data ?? new Uint8Array() }, CONTEXT));
      }),
  };
}

/** The id of the key that an encrypted payload needs; `undefined` for a plain one. */
export function keyIdOf({ metadata }: Payload): string | undefined {
  if (textOf(metadata?.[METADATA_ENCODING_KEY]) !== ENCODING) return undefined;
  return textOf(metadata?.[KEY_ID]) ?? '';
}

function textOf(bytes: Uint8Array | null | undefined): string | undefined {
  return bytes ? Buffer.from(bytes).toString() : undefined;
}
