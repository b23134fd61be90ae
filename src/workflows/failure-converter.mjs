/**
 * The converter of failures where payloads are encrypted: messages and stack traces are in a payload too, and the codec
 * encrypts it. The bundler and the SDK look for this name; the SDK loads the file with `require`, so that it is no TypeScript.
 */

import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
