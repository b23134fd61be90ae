/** Leads. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ListedLead } from '../../../store/leads.ts';
import { pagesOf, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { problems } from '../schemas/common.ts';
import { leadList, leadsQuery } from '../schemas/leads.ts';
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
      const { cursor, limit, form, since, page } = request.query;
      const place = fromCursor(LEAD_PLACE, cursor);
      const filter = {
        form,
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
};

function toLeadView({ lead, person }: ListedLead) {
  const { leadId: id, conversation, form, fields, consent, at } = lead;
  return {
    id,
    conversation,
    name: nameOf(person),
    form,
    fields: { ...fields },
    consent: consent ? { ...consent, at: isoTime(consent.at) } : null,
    at: isoTime(at),
  };
}
