import type { FastifyInstance } from 'fastify';
import { hasText } from '../json.ts';
import { profileProblem } from '../rules/profile-rules.ts';
import type { SimulatorState } from '../simulator-state.ts';
import {
  checkAccess,
  requestBodyOf,
  requestQueryOf,
  refuse,
  withoutCredentials,
  type GraphPath,
} from './graph-call.ts';

/** `/{page}/messenger_profile`: what Messenger shows before anybody writes. */
export function profileRoutes(app: FastifyInstance, state: SimulatorState): void {
  const address = '/graph/:version/:node/messenger_profile';

  app.post<{ Params: GraphPath }>(address, async (request, reply) => {
    const properties = withoutCredentials(requestBodyOf(request));
    const { page, problem } = checkAccess(state, request, requestBodyOf(request), 'profile');
    if (problem) return refuse(reply, problem);
    const bodyProblem = profileProblem(properties);
    if (bodyProblem) return refuse(reply, bodyProblem);
    state.profile.set(page.id, properties);
    return { result: 'success' };
  });

  app.get<{ Params: GraphPath }>(address, async (request, reply) => {
    const { page, problem } = checkAccess(state, request, {}, 'profile');
    if (problem) return refuse(reply, problem);
    const { fields } = requestQueryOf(request);
    const requested = hasText(fields) ? fields.split(',') : undefined;
    const known = Object.entries(state.profile.get(page.id)).filter(
      ([property]) => requested?.includes(property) ?? true,
    );
    return { data: known.length > 0 ? [Object.fromEntries(known)] : [] };
  });

  app.delete<{ Params: GraphPath }>(address, async (request, reply) => {
    const body = requestBodyOf(request);
    const { page, problem } = checkAccess(state, request, body, 'profile');
    if (problem) return refuse(reply, problem);
    const { fields } = body;
    state.profile.delete(page.id, Array.isArray(fields) ? fields.map(String) : []);
    return { result: 'success' };
  });
}
