import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec } from '../../encryption/payload-codec.ts';
import type { KeyRing } from '../../encryption/sealer.ts';

/** Puts the words of failures into a payload, in workflows and outside. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL('../../workflows/failure-converter.mjs', import.meta.url));

/** What clients and workers encrypt and decrypt with; `undefined` without keys: they have nothing more to do then. */
export function createDataConverter(keys: KeyRing): DataConverter | undefined {
  if (keys.length === 0) return undefined;
  return { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: FAILURE_CONVERTER_PATH };
}
