/** Leads, and those that the webhook for leads did not take. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ListedLead } from '../../../store/leads.ts';
import { pagesOf, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { givenUpBody, givenUpChanged, leadList, leadsQuery } from '../schemas/leads.ts';
import { isoTime, nameOf } from '../views/conversation.ts';

const tags = ['reports'];
const LEAD_PLACE = z.tuple([z.int(), z.string()]);

/** Leads. */
export const leadRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  app.get(
    '/leads',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listLeads',
        summary: 'List leads, oldest first.',
        tags,
        querystring: leadsQuery,
        response: { 200: leadList, ...problems },
      },
    },
    async (request) => {
      const { cursor, limit, form, since, delivery, page } = request.query;
      const place = fromCursor(LEAD_PLACE, cursor);
      const filter = {
        form,
        delivery,
        since: since === undefined ? undefined : Date.parse(since),
        pages: pagesOf(request, page),
      };
      const after = place && { at: place[0], leadId: place[1] };
      const leads = await store.leads.page(filter, { after, limit: limit + 1 });
      const last = leads.length > limit ? leads[limit - 1]?.lead : undefined;
      return {
        items: leads.slice(0, limit).map(toLeadView),
        nextCursor: last ? toCursor([last.at, last.leadId]) : null,
      };
    },
  );

  app.post(
    '/leads/retry',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'retryLeads',
        summary: 'Post leads that were given up to the webhook again.',
        tags,
        headers: writeHeaders,
        body: givenUpBody,
        response: { 200: givenUpChanged, ...writeProblems },
      },
    },
    async (request) => {
      const changed = await store.leadOutbox.retryGivenUp({ leadIds: request.body.ids, pages: pagesOf(request) });
      return { changed: [...changed] };
    },
  );

  app.post(
    '/leads/drop',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'dropLeads',
        summary: 'Leave leads that were given up undelivered for good; they stay in the list.',
        tags,
        headers: writeHeaders,
        body: givenUpBody,
        response: { 200: givenUpChanged, ...writeProblems },
      },
    },
    async (request) => {
      const changed = await store.leadOutbox.dropGivenUp({ leadIds: request.body.ids, pages: pagesOf(request) });
      return { changed: [...changed] };
    },
  );
};

function toLeadView({ lead, delivery, attempts, trouble, person }: ListedLead) {
  const { leadId: id, conversation, form, fields, consent, at } = lead;
  return {
    id,
    conversation,
    name: nameOf(person),
    form,
    fields: { ...fields },
    consent: consent ? { ...consent, at: isoTime(consent.at) } : null,
    at: isoTime(at),
    delivery,
    attempts,
    trouble,
  };
}
