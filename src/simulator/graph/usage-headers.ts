import type { FastifyInstance } from 'fastify';
import type { World } from '../state/simulator-state.ts';
import { bodyOf, tokenOf } from './graph-call.ts';

/** Of the business that owns the Pages; invented. */
const BUSINESS_ID = '210400556677889';

/**
 * Puts on every answer how much of its limits the Page has used: percent, and minutes until it may ask again. The names
 * of the headers are Meta's; the JSON in them is known from others, and `type` for Messenger is not verified.
 */
export function usageHeaders(app: FastifyInstance, world: World): void {
  app.addHook('onSend', async (request, reply) => {
    const state = world.pages.byToken(tokenOf(request, bodyOf(request)) ?? '');
    const { percent, regainAccessMinutes } = world.rates.usage((state?.page ?? world.pages.main).id);
    const used = { call_count: percent, total_cputime: 0, total_time: 0 };
    const ofBusiness = { type: 'messenger', ...used, estimated_time_to_regain_access: regainAccessMinutes };
    reply.header('facebook-api-version', world.options.graphVersion);
    reply.header('x-app-usage', JSON.stringify(used));
    reply.header('x-business-use-case-usage', JSON.stringify({ [BUSINESS_ID]: [ofBusiness] }));
  });
}
