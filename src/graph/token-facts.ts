/**
 * What Meta says of a token: `GET /debug_token`. Its fields are known from Meta's reference and from others, and not
 * verified by us (graph-api/reference/debug_token): whatever is missing or strange is left out.
 */

import { z } from 'zod';
import type { GraphApi, GraphReply } from './graph-api.ts';
import { appToken, type AppAccess } from './subscription/app-subscription.ts';

export interface TokenFacts {
  readonly isValid: boolean | undefined;
  /** The app it was made for. */
  readonly appId: string | undefined;
  /** Permissions; empty when Meta names none. */
  readonly scopes: readonly string[];
  /** Epoch ms; left out when it has no end, or Meta does not say. */
  readonly expiresAt?: number;
  /** When the app may no longer read what the person agreed to, epoch ms. */
  readonly dataAccessExpiresAt?: number;
}

const TOKEN_FACTS_TIMEOUT_MS = 10_000;

/** Meta writes 0 for "never". */
const epochSeconds = z.number().optional().catch(undefined);
const debugTokenAnswer = z.object({
  data: z.object({
    is_valid: z.boolean().optional().catch(undefined),
    app_id: z
      .union([z.string(), z.number().transform(String)])
      .optional()
      .catch(undefined),
    scopes: z.array(z.string()).catch([]),
    expires_at: epochSeconds,
    data_access_expires_at: epochSeconds,
  }),
});

/** Asked by the app itself; a token of anybody else may not look at it. */
export async function readTokenFacts(api: GraphApi, app: AppAccess, token: string): Promise<GraphReply<TokenFacts>> {
  const reply = await api.call({
    method: 'GET',
    path: 'debug_token',
    query: { input_token: token },
    accessToken: appToken(app),
    timeoutMs: TOKEN_FACTS_TIMEOUT_MS,
    answer: debugTokenAnswer,
  });
  if (reply.status !== 'answered') return reply;
  const { is_valid, app_id, scopes, expires_at, data_access_expires_at } = reply.value.data;
  return {
    ...reply,
    value: {
      isValid: is_valid,
      appId: app_id,
      scopes,
      ...(expires_at && { expiresAt: expires_at * 1000 }),
      ...(data_access_expires_at && { dataAccessExpiresAt: data_access_expires_at * 1000 }),
    },
  };
}
