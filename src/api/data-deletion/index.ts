/** Meta's data-deletion callback, and the page on which people see what became of their request. */

import { createHmac } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../../store/index.ts';
import { replyPlainText, replyRetryLater } from '../plain-reply.ts';
import { createStrangerLog } from '../webhook/stranger-log.ts';
import { readSignedRequest, type DeletionRequest } from './signed-request.ts';
import { statusPage } from './status-page.ts';

/** What the callback needs. */
export interface DataDeletionOptions {
  /** A request must be signed with one of them. */
  readonly appSecrets: readonly string[];
  readonly store: Pick<Store, 'erasures' | 'externalIds'>;
  /** The address at which Meta reaches this listener. Default: the host of the request, by https. */
  readonly publicUrl?: string | undefined;
  /** Called when a person is to be erased. */
  readonly onErasure?: (() => void) | undefined;
}

/** The system under which a bot links the id that Facebook Login gives it: `ctx.link('facebook', id)`. */
export const FACEBOOK_SYSTEM = 'facebook';
const MAX_BODY_BYTES = 16 * 1024;
const CODE_CHARS = 22;
const CODE = /^[\w-]{22}$/;
const DAY_S = 86_400;

/** `POST /data-deletion` and `GET /data-deletion/{code}`. */
export const dataDeletionRoutes: FastifyPluginAsync<DataDeletionOptions> = async (app, options) => {
  const { appSecrets, store, publicUrl, onErasure } = options;
  const strangers = createStrangerLog(app.log);
  app.addHook('onClose', async () => strangers.close());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );

  app.post('/data-deletion', async (request, reply) => {
    const text = new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('signed_request');
    if (!text) return replyPlainText(reply, 400, 'signed_request is missing: send it as a form');
    const read = readSignedRequest(text, appSecrets);
    if (read === 'malformed') return replyPlainText(reply, 400, 'signed_request is not what Meta sends');
    if (read === 'wrong_signature') {
      strangers.warn('Data deletion rejected: its signature matches none of our app secrets');
      return replyPlainText(reply, 401, 'the signature of signed_request is wrong');
    }
    let code;
    try {
      code = await askForErasure(read, codeOf(read, appSecrets[0] ?? ''));
    } catch (error) {
      app.log.error({ error: (error as Error).name }, 'A data deletion was not recorded: the store cannot write');
      return replyRetryLater(reply, 'the request could not be stored; send it again');
    }
    return reply
      .header('cache-control', 'no-store')
      .send({ url: `${publicUrl ?? originOf(request)}/data-deletion/${code}`, confirmation_code: code });
  });

  /** Resolves to the code by which to ask what became of it. */
  async function askForErasure({ userId }: DeletionRequest, code: string): Promise<string> {
    // The same request again changes nothing, also when the person has begun anew since.
    if ((await store.erasures.ofCode(code)).length > 0) return code;
    const at = Date.now();
    const people = await store.externalIds.find({ system: FACEBOOK_SYSTEM, id: userId });
    const [first] = await store.erasures.request(people, { code, at });
    if (!first) await store.erasures.requestUnknown(code, at);
    app.log.info({ people: people.length }, 'Meta asked for the deletion of a person');
    onErasure?.();
    // Of an erasure that another request began, it is that one's.
    return first?.code ?? code;
  }

  app.get<{ Params: { readonly code: string } }>('/data-deletion/:code', async ({ params: { code } }, reply) => {
    const erasures = CODE.test(code) ? await store.erasures.ofCode(code) : [];
    if (erasures.length === 0) return replyPage(reply, 404, statusPage({ status: 'unknown' }));
    return replyPage(reply, 200, statusPage(toStatus(erasures)));
  });
};

/** The same for the same request, and nobody can guess it. Without a time of Meta's, the same request counts once a day. */
function codeOf({ userId, issuedAt }: DeletionRequest, secret: string): string {
  const day = Math.floor(Date.now() / 1000 / DAY_S);
  const what = JSON.stringify(['data-deletion', userId, issuedAt ?? `day ${day}`]);
  return createHmac('sha256', secret).update(what).digest('base64url').slice(0, CODE_CHARS);
}

/** Behind a reverse proxy, what the proxy says of it. It is no proof, and only Meta hears it. */
function originOf({ headers }: FastifyRequest): string {
  const forwarded = headers['x-forwarded-host'];
  const host = typeof forwarded === 'string' ? forwarded : (headers.host ?? '');
  return `https://${/^[\w.:-]{1,255}$/.test(host) ? host : 'localhost'}`;
}

function toStatus(erasures: Awaited<ReturnType<Store['erasures']['ofCode']>>): Parameters<typeof statusPage>[0] {
  if (erasures.every(({ stage }) => stage === 'not_found')) return { status: 'not_found' };
  const ends = erasures.map(({ finishedAt }) => finishedAt);
  if (ends.some((at) => at === undefined)) return { status: 'under_way' };
  return { status: 'finished', at: Math.max(...ends.map((at = 0) => at)) };
}

function replyPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .header(
      'content-security-policy',
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    )
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .send(page);
}
