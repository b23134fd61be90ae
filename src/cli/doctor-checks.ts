/** The single checks of `everthread doctor`. Each says what it found, and what to do when that is wrong. */
import { createHmac } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { request } from 'undici';
import { z } from 'zod';
import { storeUrl, type ConfigFor } from '../config.ts';
import { readBot } from '../engine/bundle-bot.ts';
import { temporalSettings } from '../engine/connect.ts';
import { ensureSearchAttributes } from '../engine/search-attributes.ts';
import type { GraphApi, GraphReply } from '../graph/graph-api.ts';
import { wordsFor } from '../graph/graph-words.ts';
import type { PageAccess } from '../graph/messenger-profile.ts';
import { missingFields, readSubscription } from '../graph/subscription.ts';
import { USUAL_FIELDS, type WebhookField } from '../messenger/webhook-fields.ts';
import { openStore } from '../store/store.ts';

export interface Finding {
  readonly isOk: boolean;
  readonly what: string;
  readonly detail: string;
}

type Settings = ConfigFor<'webhook' | 'send'>;

const TIMEOUT_MS = 5000;
export function nodeCheck(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOk = major > 20 || (major === 20 && minor >= 19);
  return {
    isOk,
    what: 'Node',
    detail: isOk ? process.versions.node : `${process.versions.node} is too old. Install 20.19 or newer.`,
  };
}

/** Also gives the webhook fields that the bot needs: the usual ones, when it cannot be read. */
export async function botCheck(file: string): Promise<{ finding: Finding; fields: readonly WebhookField[] }> {
  let fields = USUAL_FIELDS;
  const found = await finding('bot', async () => {
    ({ fields } = await readBot(file));
    return `${file} can be loaded`;
  });
  return { finding: found, fields };
}

export function storeCheck(config: Settings): Promise<Finding> {
  return finding('store', async () => {
    const store = await openStore(storeUrl(config));
    try {
      await store.ping();
    } finally {
      await store.close();
    }
    return `${config.database.label} can be written`;
  });
}

export function temporalCheck(): Promise<Finding> {
  return finding('Temporal', async () => {
    const { namespace, connection: options } = temporalSettings();
    const connection = await Connection.connect({ ...options, connectTimeout: TIMEOUT_MS }).catch(() => {
      throw new Error(
        `${options.address ?? 'localhost:7233'} does not answer. Start Temporal, or set TEMPORAL_ADDRESS.`,
      );
    });
    try {
      const missing = await ensureSearchAttributes(connection, namespace);
      if (missing.length > 0)
        throw new Error(`the namespace ${namespace} lacks the search attributes ${missing.join(', ')}.`);
    } finally {
      await connection.close();
    }
    return `${options.address ?? 'localhost:7233'}, namespace ${namespace}`;
  });
}

const identity = z.object({ id: z.string() });

export function tokenCheck(api: GraphApi, { pageId, accessToken }: PageAccess): Promise<Finding> {
  return finding('Page token', async () => {
    const { id } = answered(
      await api.call({
        method: 'GET',
        path: 'me',
        query: { fields: 'id,name' },
        accessToken,
        timeoutMs: TIMEOUT_MS,
        answer: identity,
      }),
      accessToken,
    );
    if (id === pageId) return `belongs to Page ${id}`;
    throw new Error(
      `the token of Page ${pageId} belongs to ${id}. Make MESSENGER_PAGE_ID, or pageId in the list, fit it.`,
    );
  });
}

export function subscriptionCheck(
  api: GraphApi,
  page: PageAccess,
  appId: string | undefined,
  needed: readonly WebhookField[],
): Promise<Finding> {
  return finding('subscription', async () => {
    const { isSubscribed, fields } = answered(await readSubscription(api, page, appId), page.accessToken);
    if (!isSubscribed)
      throw new Error('the app is not subscribed on the Page, so no events come. Run everthread subscribe.');
    const missing = missingFields(fields, needed);
    if (missing.length > 0) throw new Error(`the fields ${missing.join(', ')} are missing. Run everthread subscribe.`);
    return `the Page sends ${fields.join(', ')}`;
  });
}

function answered<T>(reply: GraphReply<T>, accessToken: string): T {
  if (reply.status === 'answered') return reply.value;
  throw new Error(wordsFor(reply, accessToken));
}

/** Plays Meta: the handshake, and a signed body without events. */
export function webhookCheck({ http, verifyToken, appSecrets }: Settings): Promise<Finding> {
  return finding('webhook', async () => {
    const url = `http://${http.host === '0.0.0.0' ? '127.0.0.1' : http.host}:${http.port}/webhook`;
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': verifyToken.reveal(),
      'hub.challenge': '1158201444',
    });
    const handshake = await request(`${url}?${query.toString()}`, { headersTimeout: TIMEOUT_MS }).catch(() => {
      throw new Error(`nothing answers at ${url}. Run everthread start, then check again.`);
    });
    if ((await handshake.body.text()) !== '1158201444') {
      throw new Error(
        `the handshake at ${url} is refused (${handshake.statusCode}). Is another MESSENGER_VERIFY_TOKEN loaded there?`,
      );
    }
    const body = '{"object":"everthread doctor"}';
    const signature = createHmac('sha256', appSecrets[0]?.reveal() ?? '')
      .update(body)
      .digest('hex');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    const post = await request(url, { method: 'POST', headers, body, headersTimeout: TIMEOUT_MS });
    await post.body.dump();
    if (post.statusCode === 401)
      throw new Error('it refuses our signature. Is another MESSENGER_APP_SECRET loaded there?');
    return `${url} answers as Meta expects; Meta needs it at a public https address`;
  });
}

async function finding(what: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { isOk: true, what, detail: await check() };
  } catch (error) {
    return { isOk: false, what, detail: error instanceof Error ? error.message : String(error) };
  }
}
