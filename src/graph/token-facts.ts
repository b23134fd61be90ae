/**
 * What Meta says of a token: `GET /debug_token`. We know its fields from Meta's reference (graph-api/reference/debug_token)
 * and from others, and have not verified them: what is missing or malformed is left out.
 */

import { z } from 'zod';
import type { GraphApi, GraphReply } from './graph-api.ts';
import { appToken, type AppAccess } from './subscription/app-subscription.ts';

/** What is known of a token. */
export interface TokenFacts {
  readonly isValid: boolean | undefined;
  /** The app that the token belongs to. */
  readonly appId: string | undefined;
  /** Permissions; empty if Meta names none. */
  readonly scopes: readonly string[];
  /** Epoch ms; left out if the token does not expire or Meta does not say. */
  readonly expiresAt?: number;
  /** When the app's access to the person's data ends, epoch ms. */
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

/** Reads the facts of a token with the app's own token: Meta allows no other. */
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
