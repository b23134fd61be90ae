import type { FastifyInstance } from 'fastify';
import type { SimulatorState } from '../simulator-state.ts';
import { checkAccess, refuse, requestQueryOf, type GraphPath } from './graph-call.ts';

const DEFAULT_LIMIT = 25;

/** `GET /{page}/message_templates`: the utility templates with their review (Meta, Utility messages, 2026-03-13). */
export function templateRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.get<{ Params: GraphPath }>('/graph/:version/:node/message_templates', async (request, reply) => {
    const { problem } = checkAccess(state, request, {});
    if (problem) return refuse(reply, problem);
    const { limit, after } = requestQueryOf(request);
    const start = Number(after ?? 0);
    const end = start + Number(limit ?? DEFAULT_LIMIT);
    const all = state.templates.all();
    const data = all.slice(start, end).map(({ name, language, status }, index) => ({
      name,
      language,
      status,
      category: 'UTILITY',
      id: String(880_001 + start + index),
    }));
    // The next page's address has the token too, so nobody should follow it as it is.
    const next = `${request.protocol}://${request.host}${request.url.split('?')[0]}?after=${end}`;
    return {
      data,
      paging: { cursors: { before: String(start), after: String(end) }, ...(end < all.length && { next }) },
    };
  });
}
