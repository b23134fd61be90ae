/** Gets tokens of Pages. Meta, facebook-login/guides/access-tokens/get-long-lived, read 2026-10-06. */

import { z } from 'zod';
import type { GraphApi, GraphReply } from './graph-api.ts';
import type { AppAccess } from './subscription/app-subscription.ts';

/** A Page on which the owner of the token has a role. */
export interface PageAccount {
  readonly pageId: string;
  readonly name: string;
  /** The Page's token; left out if Meta gives this person none. */
  readonly accessToken?: string;
  /** What the person may do on the Page: `MESSAGING` to send, `MODERATE` to subscribe. */
  readonly tasks: readonly string[];
}

const ACCOUNTS_TIMEOUT_MS = 20_000;
const MAX_CALLS = 100;

const tokenExchangeAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().optional().catch(undefined),
});
const accountsAnswer = z.object({
  data: z.array(
    z.object({
      id: z.string().regex(/^\d{1,32}$/),
      name: z.string().catch(''),
      access_token: z.string().min(1).optional().catch(undefined),
      tasks: z.array(z.string()).catch([]),
    }),
  ),
  paging: z
    .object({ next: z.string().optional(), cursors: z.object({ after: z.string().optional() }).optional() })
    .optional()
    .catch(undefined),
});

/** A person's token that lasts about 60 days. */
export interface LongLivedToken {
  readonly accessToken: string;
  /** Left out if the token does not expire. */
  readonly expiresInMs?: number;
}

/** Exchanges a person's token for a long-lived one; Page tokens that are read with that one do not expire. */
export async function exchangeToken(
  api: GraphApi,
  { appId, appSecret }: AppAccess,
  userAccessToken: string,
): Promise<GraphReply<LongLivedToken>> {
  const reply = await api.call({
    method: 'GET',
    path: 'oauth/access_token',
    query: {
      grant_type: 'fb_exchange_token',
      client_id: appId,
      client_secret: appSecret,
      fb_exchange_token: userAccessToken,
    },
    timeoutMs: ACCOUNTS_TIMEOUT_MS,
    answer: tokenExchangeAnswer,
  });
  if (reply.status !== 'answered') return reply;
  const { access_token: accessToken, expires_in: seconds } = reply.value;
  return { ...reply, value: { accessToken, ...(seconds !== undefined && { expiresInMs: seconds * 1000 }) } };
}

/** Reads every Page of a person. Does not call Meta's address of the next page of results, which contains the token. */
export async function readAccounts(api: GraphApi, accessToken: string): Promise<GraphReply<readonly PageAccount[]>> {
  const all: PageAccount[] = [];
  let after: string | undefined;
  for (let calls = 0; ; calls += 1) {
    const reply = await api.call({
      method: 'GET',
      path: 'me/accounts',
      query: { fields: 'id,name,access_token,tasks', limit: '100', ...(after !== undefined && { after }) },
      accessToken,
      timeoutMs: ACCOUNTS_TIMEOUT_MS,
      answer: accountsAnswer,
    });
    if (reply.status !== 'answered') return reply;
    const { data, paging } = reply.value;
    for (const { id, access_token: token, ...rest } of data) {
      all.push({ ...rest, pageId: id, ...(token !== undefined && { accessToken: token }) });
    }
    const next = paging?.next === undefined ? undefined : paging.cursors?.after;
    if (next === undefined || next === after || calls >= MAX_CALLS) return { ...reply, value: all };
    after = next;
  }
}
