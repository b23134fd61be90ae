/** Leads. */

import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import { leadsAsCsv } from '../../../leads/leads-as-csv.ts';
import type { LeadFilter, ListedLead } from '../../../store/leads.ts';
import { pagesOf, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { problems } from '../schemas/common.ts';
import { leadList, leadsCsv, leadsCsvQuery, leadsQuery } from '../schemas/leads.ts';
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
        summary: 'List leads.',
        tags,
        querystring: leadsQuery,
        response: { 200: leadList, ...problems },
      },
    },
    async (request) => {
      const { cursor, limit, order, ...asked } = request.query;
      const place = fromCursor(LEAD_PLACE, cursor);
      const filter = toFilter(request, asked);
      const after = place && { at: place[0], leadId: place[1] };
      const leads = await store.leads.page(filter, { after, limit: limit + 1, order });
      const last = leads.length > limit ? leads[limit - 1]?.lead : undefined;
      return {
        items: leads.slice(0, limit).map(toLeadView),
        nextCursor: last ? toCursor([last.at, last.leadId]) : null,
      };
    },
  );

  app.get(
    '/leads.csv',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'downloadLeads',
        summary: 'Download leads as CSV, oldest first.',
        tags,
        querystring: leadsCsvQuery,
        response: { 200: leadsCsv, ...problems },
      },
    },
    async (request, reply) => {
      const lines = leadsAsCsv(store.leads, toFilter(request, request.query));
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="leads.csv"');
      return reply.send(Readable.from(lines) as unknown as string);
    },
  );
};

function toFilter(
  request: FastifyRequest,
  { form, since, page, conversation }: z.output<typeof leadsCsvQuery>,
): LeadFilter {
  return {
    form,
    since: since === undefined ? undefined : Date.parse(since),
    conversation: conversation as ConversationId | undefined,
    pages: pagesOf(request, page),
  };
}

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
