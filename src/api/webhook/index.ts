import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Clock } from '../../domain/clock.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { PolicyEnforcementEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Inbox } from '../../store/inbox/index.ts';
import type { Metrics } from '../metrics.ts';
import { plain } from '../plain-reply.ts';
import { createBodyBudget } from './body-budget.ts';
import { inboundEvents } from './decode/index.ts';
import { notFromTheFuture } from './not-from-the-future.ts';
import { parseJson } from './parse-json.ts';
import { isSameSecret, isSigned, isSignature } from './signature.ts';

export interface WebhookOptions {
  readonly verifyToken: string;
  readonly appSecrets: readonly string[];
  readonly inbox: Pick<Inbox, 'record'>;
  readonly metrics: Metrics;
  /** Where the time machine moves a person's time; left out: it is what it is. */
  readonly clock?: Clock;
  /** Told which conversations have something new to hear. */
  readonly onKept: (conversations: readonly ConversationId[]) => void;
}

/** Meta batches up to 1,000 updates in a request (Meta, Graph webhooks, read 2026-09-27). */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const BODIES_BYTES = 64 * MAX_BODY_BYTES;

/** Whoever asked has gone before the answer, as Meta does after 5 s; nginx's number for it. */
const GIVEN_UP = 499;

const NOTICES: Readonly<Record<string, string>> = {
  warning: "Meta warns this Page: it breaks a policy. Read the Page's Support Inbox, and change what the bot does",
  block: "Meta has blocked this Page: its sends wait until Meta unblocks it. Read the Page's Support Inbox",
  unblock: 'Meta has unblocked this Page; what waited goes out',
};

/** `GET /webhook`, Meta's handshake, and `POST /webhook`, its events. */
export const webhookRoutes: FastifyPluginAsync<WebhookOptions> = async (app, options) => {
  const { verifyToken, appSecrets, inbox, metrics, clock, onKept } = options;
  const hasRoom = createBodyBudget(BODIES_BYTES, MAX_BODY_BYTES);

  // The signature covers the bytes on the wire, so they are kept as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    done(null, body);
  });
  // Whoever cannot have signed anything is not read to the end.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return undefined;
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) count(GIVEN_UP, reply);
    });
    if (!isSignature(request.headers['x-hub-signature-256'])) return refuse(reply);
    return hasRoom(request, reply) ? undefined : later(reply, 'too many bodies at once; deliver it again');
  });
  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'POST') count(reply.statusCode, reply);
  });

  function count(status: number, { elapsedTime }: FastifyReply): void {
    metrics.webhooks.inc({ status });
    metrics.webhookSeconds.observe(elapsedTime / 1000);
  }

  app.get<{ Querystring: Record<string, unknown> }>('/webhook', async ({ query }, reply) => {
    const token = query['hub.verify_token'];
    const challenge = query['hub.challenge'];
    const isMeta =
      query['hub.mode'] === 'subscribe' &&
      typeof challenge === 'string' &&
      typeof token === 'string' &&
      isSameSecret(token, verifyToken);
    app.log.info({ isMeta }, isMeta ? 'Webhook handshake accepted' : 'Webhook handshake refused: mode or verify token');
    return plain(reply, isMeta ? 200 : 403, isMeta ? challenge : 'hub.mode or hub.verify_token does not match');
  });

  function refuse(reply: FastifyReply): FastifyReply {
    app.log.warn('Webhook refused: its signature is missing or fits none of our app secrets');
    return plain(reply, 401, 'X-Hub-Signature-256 is missing or wrong');
  }

  function tellOfNotice({ pageId, action, reason }: PolicyEnforcementEvent): void {
    const level = action === 'unblock' ? 'info' : 'error';
    app.log[level](
      { pageId, action, reason },
      NOTICES[action] ?? 'Meta sent a policy enforcement notice of a new kind',
    );
  }

  app.post('/webhook', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!isSigned(body, request.headers['x-hub-signature-256'], appSecrets)) return refuse(reply);

    let json;
    try {
      json = parseJson(body);
    } catch (error) {
      app.log.warn({ bytes: body.length, error: String(error) }, 'Webhook refused: its body is no JSON');
      return plain(reply, 400, 'the body is no JSON');
    }

    const delivered = inboundEvents(json)?.map(({ event, raw }) => ({ event: notFromTheFuture(event, clock), raw }));
    if (!delivered) return plain(reply, 404, 'only the objects "page" and "instagram" are known here');
    const receivedAt = Date.now();
    try {
      onKept(await inbox.record(delivered, receivedAt));
    } catch (error) {
      app.log.error({ error: String(error) }, 'Webhook not kept: the store cannot write. Meta delivers it again');
      return later(reply, 'the event could not be kept; deliver it again');
    }
    for (const { event } of delivered) {
      if (event.kind === 'policy_enforcement') tellOfNotice(event);
      metrics.events.inc({ kind: event.kind });
      if (event.pageId) metrics.lastEventAt.set({ page: event.pageId }, receivedAt / 1000);
    }
    return plain(reply, 200, 'EVENT_RECEIVED');
  });
};

function later(reply: FastifyReply, text: string): FastifyReply {
  return plain(reply.header('retry-after', '1'), 503, text);
}
