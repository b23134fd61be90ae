import type { FastifyInstance } from 'fastify';
import type { SimulatorState } from '../simulator-state.ts';
import { requestBodyOf, accessTokenOf } from './graph-call.ts';

/** Of the business that owns the Pages; invented. */
const BUSINESS_ID = '210400556677889';

/**
 * Puts on every answer how much of its limits the Page has used: percent, and minutes until it may ask again. The names
 * of the headers are Meta's; the JSON in them is known from others, and `type` for Messenger is not verified.
 */
export function addUsageHeaders(app: FastifyInstance, state: SimulatorState): void {
  app.addHook('onSend', async (request, reply) => {
    const tokenState = state.pages.findToken(accessTokenOf(request, requestBodyOf(request)) ?? '');
    const { percent, regainAccessMinutes } = state.callCounts.usage((tokenState?.page ?? state.pages.main).id);
    const used = { call_count: percent, total_cputime: 0, total_time: 0 };
    const ofBusiness = { type: 'messenger', ...used, estimated_time_to_regain_access: regainAccessMinutes };
    reply.header('facebook-api-version', state.options.graphVersion);
    reply.header('x-app-usage', JSON.stringify(used));
    reply.header('x-business-use-case-usage', JSON.stringify({ [BUSINESS_ID]: [ofBusiness] }));
  });
}
