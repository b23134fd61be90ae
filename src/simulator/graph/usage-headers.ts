import type { FastifyInstance } from 'fastify';
import type { SimulatorState } from '../simulator-state.ts';
import { requestBodyOf, accessTokenOf } from './graph-call.ts';

/** The invented id of the business that owns the Pages. */
const BUSINESS_ID = '210400556677889';

/**
 * Adds to every answer how much of its limits the Page has used: percent, and minutes until the next accepted call. The
 * header names are from Meta's docs, their JSON from third parties; `type` for Messenger is not verified.
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
