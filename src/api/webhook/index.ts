import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Clock } from '../../domain/clock.ts';
import type { PolicyEnforcementEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Inbox } from '../../store/inbox/index.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { Metrics } from '../metrics.ts';
import { replyPlainText, replyRetryLater, statusText } from '../plain-reply.ts';
import { countUpdates, decodeWebhook } from './decode/index.ts';
import { clampFutureTime } from './future-events.ts';
import { parseJson } from './parse-json.ts';
import { createBodyReader } from './read-body.ts';
import { isSameSecret, isSigned, isSignature } from './signature.ts';
import { createStrangerLog } from './stranger-log.ts';

/** What the webhook's routes need. */
export interface WebhookOptions {
  /** What Meta repeats in the handshake. */
  readonly verifyToken: string;
  /** A request must be signed with one of them. */
  readonly appSecrets: readonly string[];
  readonly inbox: Pick<Inbox, 'record'>;
  readonly metrics: Metrics;
  /** Default: real time; the time machine moves a person's clock. */
  readonly clock?: Clock;
  readonly dispatcher: Pick<Dispatcher, 'reserve'>;
}

/** Meta batches up to 1,000 updates in a request (Meta, Graph webhooks, read 2026-09-27). */
const MAX_UPDATES = 1000;
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_BUFFERED_BYTES = 32 * MAX_BODY_BYTES;

/** nginx's status for a client that disconnected before the answer, as Meta does after 5 s. */
const CLIENT_CLOSED_REQUEST = 499;

const POLICY_NOTICES: Readonly<Record<string, string>> = {
  warning: "Meta warns this Page: it breaks a policy. Read the Page's Support Inbox, and change what the bot does",
  block: "Meta has blocked this Page: its sends wait until Meta unblocks it. Read the Page's Support Inbox",
  unblock: 'Meta has unblocked this Page; pending sends go out',
};

/** `GET /webhook`, Meta's handshake, and `POST /webhook`, its events. */
export const webhookRoutes: FastifyPluginAsync<WebhookOptions> = async (app, options) => {
  const { verifyToken, appSecrets, inbox, metrics, clock, dispatcher } = options;
  const readBody = createBodyReader({ maxBytes: MAX_BODY_BYTES, bufferBytes: MAX_BUFFERED_BYTES });

  const strangers = createStrangerLog(app.log);
  app.addHook('onClose', async () => strangers.close());

  // The signature covers the raw bytes, which the handler reads.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  // A body without a well-formed signature is not read.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return undefined;
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) count(CLIENT_CLOSED_REQUEST, reply);
    });
    return isSignature(request.headers['x-hub-signature-256']) ? undefined : rejectUnsigned(reply, 'missing');
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
    // Not what scanners ask for: without a mode it is no handshake.
    if (query['hub.mode'] !== undefined) metrics.handshakes.inc({ result: isMeta ? 'accepted' : 'rejected' });
    if (isMeta) app.log.info('Webhook handshake accepted');
    else strangers.warn('Webhook handshake rejected: wrong mode or verify token');
    return replyPlainText(
      reply,
      isMeta ? 200 : 403,
      isMeta ? challenge : 'hub.mode or hub.verify_token does not match',
    );
  });

  function rejectUnsigned(reply: FastifyReply, reason: 'missing' | 'wrong'): FastifyReply {
    metrics.signatureFailures.inc({ reason });
    strangers.warn('Webhook rejected: its signature is missing or matches none of our app secrets');
    return replyPlainText(reply, 401, 'X-Hub-Signature-256 is missing or wrong');
  }

  function rejectUnread(reply: FastifyReply, status: 'no_room' | 'too_large' | 'cut'): FastifyReply {
    // What is still to come is not read.
    reply.header('connection', 'close');
    if (status === 'too_large') return replyPlainText(reply, 413, statusText(413));
    // Nobody reads the answer to a connection that was cut.
    return replyRetryLater(reply, 'too many large bodies at once; deliver it again');
  }

  function logPolicyNotice({ pageId, action, reason }: PolicyEnforcementEvent): void {
    const level = action === 'unblock' ? 'info' : 'error';
    app.log[level](
      { pageId, action, reason },
      POLICY_NOTICES[action] ?? 'Meta sent a policy enforcement notice of a new kind',
    );
  }

  app.post('/webhook', async (request, reply) => {
    const read = await readBody(request.raw, reply.raw);
    if (read.status !== 'read') return rejectUnread(reply, read.status);
    const { body } = read;
    if (!isSigned(body, request.headers['x-hub-signature-256'], appSecrets)) return rejectUnsigned(reply, 'wrong');

    let json;
    try {
      json = parseJson(body);
    } catch (error) {
      app.log.warn({ bytes: body.length, error: String(error) }, 'Webhook rejected: its body is not JSON');
      return replyPlainText(reply, 400, 'the body is not JSON');
    }

    const updates = countUpdates(json);
    if (updates > MAX_UPDATES) {
      app.log.error({ updates }, `Webhook rejected: it has more than ${MAX_UPDATES} updates, the most that Meta sends`);
      return replyPlainText(reply, 413, `more than ${MAX_UPDATES} updates`);
    }
    const decoded = decodeWebhook(json)?.map(({ event, raw }) => ({ event: clampFutureTime(event, clock), raw }));
    if (!decoded) return replyPlainText(reply, 404, 'only the objects "page" and "instagram" are known here');
    const receivedAt = Date.now();
    const reservation = dispatcher.reserve();
    try {
      reservation.dispatch(await inbox.record(decoded, receivedAt, reservation.offerLease));
    } catch (error) {
      reservation.cancel();
      app.log.error({ error: String(error) }, 'Webhook not stored: the store cannot write. Meta delivers it again');
      return replyRetryLater(reply, 'the event could not be stored; deliver it again');
    }
    for (const { event } of decoded) {
      if (event.kind === 'policy_enforcement') logPolicyNotice(event);
      metrics.events.inc({ kind: event.kind });
      if (event.pageId) metrics.lastEventAt.set({ page: event.pageId }, receivedAt / 1000);
    }
    return replyPlainText(reply, 200, 'EVENT_RECEIVED');
  });
};
