/** Destinations of events, and the events that one of them never took. */

import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Operator, seesPage } from '../../../domain/operator.ts';
import { checkDestination } from '../../../outbox/check-destination.ts';
import { type Destination, ROTATION_MS } from '../../../store/outbox/destinations.ts';
import type { DeadDelivery } from '../../../store/outbox/index.ts';
import { callerOf, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import {
  deadWebhookList,
  deadWebhooksBody,
  deadWebhooksChanged,
  deadWebhooksQuery,
  webhookAdded,
  webhookBody,
  webhookList,
  webhookPath,
  webhookSecret,
} from '../schemas/webhooks.ts';
import { isoTime } from '../views/conversation.ts';

const tags = ['webhooks'];
const PLACE = z.number().int();

/** Webhooks. An admin of some Pages sees, adds and changes destinations of those Pages alone. */
export const webhookRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (
  app,
  { store: { destinations, outbox }, privateAddresses },
) => {
  app.get(
    '/webhooks',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'listWebhooks',
        summary: 'List the destinations of events.',
        tags,
        response: { 200: webhookList, ...problems },
      },
    },
    async (request) => {
      const { operator } = callerOf(request);
      const seen = (await destinations.list()).filter((destination) => seesDestination(operator, destination));
      return {
        items: seen.map(({ pending, dead, trouble = null, ...destination }) => ({
          ...toView(destination),
          pending,
          dead,
          trouble,
        })),
      };
    },
  );

  app.post(
    '/webhooks',
    {
      preValidation: requireRole('admin'),
      config: { tellsOnce: 'secret' },
      schema: {
        operationId: 'addWebhook',
        summary: 'Add a destination of events.',
        description: 'It gets what happens from then on.',
        tags,
        headers: writeHeaders,
        body: webhookBody,
        response: { 201: webhookAdded, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { operator } = callerOf(request);
      const destination = { ...request.body, pages: request.body.pages ?? operator.pages };
      const hidden = destination.pages?.find((page) => !seesPage(operator, page));
      if (hidden !== undefined) throw new Problem('not_found', { detail: `Page ${hidden} is not one of your Pages.` });
      const errors = checkDestination(destination, privateAddresses);
      if (errors.length > 0) {
        const inBody = errors.map(({ field, message }) => ({ field: `body.${field}`, message }));
        throw new Problem('request_invalid', { errors: inBody });
      }
      const now = Date.now();
      const secret = await destinations.add(destination, now);
      if (secret === undefined)
        throw new Problem('webhook_exists', { detail: `A destination has the name "${destination.name}".` });
      return reply.code(201).send({ ...toView({ ...destination, createdAt: now }), secret: secret || null });
    },
  );

  app.delete(
    '/webhooks/:name',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'removeWebhook',
        summary: 'Remove a destination, and the events that wait for it.',
        tags,
        params: webhookPath,
        headers: writeHeaders,
        response: { 204: z.null().describe('It is removed.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { name } = await requireDestination(request, request.params.name);
      await destinations.remove(name);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/webhooks/:name/rotate',
    {
      preValidation: requireRole('admin'),
      config: { tellsOnce: 'secret' },
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'Make a new secret; for a day the old one signs too.',
        tags,
        params: webhookPath,
        headers: writeHeaders,
        response: { 200: webhookSecret, ...writeProblems },
      },
    },
    async (request) => {
      const { name } = await requireDestination(request, request.params.name);
      const now = Date.now();
      const secret = await destinations.rotate(name, now);
      if (secret === undefined) throw new Problem('webhook_unsigned', { detail: `Posts to "${name}" are not signed.` });
      return { secret, previousUntil: isoTime(now + ROTATION_MS) };
    },
  );

  app.post(
    '/webhooks/:name/enable',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'enableWebhook',
        summary: 'Post again to a destination that was disabled; what waits for it goes out.',
        tags,
        params: webhookPath,
        headers: writeHeaders,
        response: { 204: z.null().describe('It is enabled.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { name } = await requireDestination(request, request.params.name);
      await destinations.enable(name);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/webhooks/dead',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'listDeadWebhookEvents',
        summary: 'List events that were given up, because a destination never took them.',
        tags,
        querystring: deadWebhooksQuery,
        response: { 200: deadWebhookList, ...problems },
      },
    },
    async (request) => {
      const { cursor, limit, destination } = request.query;
      const seen = await namesSeenBy(request);
      const names = destination === undefined ? seen : seen.filter((name) => name === destination);
      const dead = await outbox.listDead(
        { destinations: names },
        { after: fromCursor(PLACE, cursor), limit: limit + 1 },
      );
      const last = dead.length > limit ? dead[limit - 1] : undefined;
      return { items: dead.slice(0, limit).map(toDeadView), nextCursor: last ? toCursor(last.id) : null };
    },
  );

  app.post(
    '/webhooks/dead/retry',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'retryDeadWebhookEvents',
        summary: 'Post events that were given up again, with the same webhook-id.',
        tags,
        headers: writeHeaders,
        body: deadWebhooksBody,
        response: { 200: deadWebhooksChanged, ...writeProblems },
      },
    },
    async (request) => {
      const choice = { ids: request.body.ids, destinations: await namesSeenBy(request) };
      return { changed: [...(await outbox.retry(choice, Date.now()))] };
    },
  );

  app.post(
    '/webhooks/dead/drop',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'dropDeadWebhookEvents',
        summary: 'Remove events that were given up, for good.',
        tags,
        headers: writeHeaders,
        body: deadWebhooksBody,
        response: { 200: deadWebhooksChanged, ...writeProblems },
      },
    },
    async (request) => {
      const choice = { ids: request.body.ids, destinations: await namesSeenBy(request) };
      return { changed: [...(await outbox.drop(choice))] };
    },
  );

  async function namesSeenBy(request: FastifyRequest): Promise<readonly string[]> {
    const { operator } = callerOf(request);
    const seen = (await destinations.list()).filter((destination) => seesDestination(operator, destination));
    return seen.map(({ name }) => name);
  }

  /** The destination, if all of its Pages are the operator's. @throws `Problem` with `not_found`. */
  async function requireDestination(request: FastifyRequest, name: string): Promise<Destination> {
    const destination = await destinations.find(name);
    if (destination && seesDestination(callerOf(request).operator, destination)) return destination;
    throw new Problem('not_found', { detail: `There is no destination "${name}" on your Pages.` });
  }
};

/** Whether all events that a destination gets are of Pages that the operator sees. */
function seesDestination(operator: Operator, { pages }: Pick<Destination, 'pages'>): boolean {
  return pages === undefined ? operator.pages === undefined : pages.every((page) => seesPage(operator, page));
}

function toView({ name, url, format, topics, pages, createdAt, disabled }: Destination) {
  return {
    name,
    host: new URL(url).host,
    format,
    topics: [...topics],
    pages: pages ? [...pages] : null,
    createdAt: isoTime(createdAt),
    disabled: disabled ? { at: isoTime(disabled.at), reason: disabled.reason } : null,
  };
}

function toDeadView({
  id,
  destination,
  eventId,
  topic,
  conversation,
  pageId,
  attempts,
  trouble,
  ...times
}: DeadDelivery) {
  return {
    id,
    destination,
    webhookId: eventId,
    topic,
    conversation: conversation ?? null,
    page: pageId,
    at: isoTime(times.at),
    attempts,
    trouble,
    deadSince: isoTime(times.deadSince),
  };
}
