import type { FastifyInstance } from 'fastify';
import { hasText } from '../json.ts';
import { profileProblem } from '../state/page-profile.ts';
import type { World } from '../state/simulator-state.ts';
import { accessOf, bodyOf, queryOf, refuse, withoutCredentials, type Path } from './graph-call.ts';

/** `/{page}/messenger_profile`: what the Page shows before anybody writes. */
export function profileRoutes(app: FastifyInstance, world: World): void {
  const address = '/graph/:version/:node/messenger_profile';

  app.post<{ Params: Path }>(address, async (request, reply) => {
    const properties = withoutCredentials(bodyOf(request));
    const { page, problem } = accessOf(world, request, bodyOf(request), 'profile');
    if (problem) return refuse(reply, problem);
    const objection = profileProblem(properties);
    if (objection) return refuse(reply, objection);
    world.profile.set(page.id, properties);
    return { result: 'success' };
  });

  app.get<{ Params: Path }>(address, async (request, reply) => {
    const { page, problem } = accessOf(world, request, {}, 'profile');
    if (problem) return refuse(reply, problem);
    const { fields } = queryOf(request);
    const asked = hasText(fields) ? fields.split(',') : undefined;
    const known = Object.entries(world.profile.get(page.id)).filter(([property]) => asked?.includes(property) ?? true);
    return { data: known.length > 0 ? [Object.fromEntries(known)] : [] };
  });

  app.delete<{ Params: Path }>(address, async (request, reply) => {
    const body = bodyOf(request);
    const { page, problem } = accessOf(world, request, body, 'profile');
    if (problem) return refuse(reply, problem);
    const { fields } = body;
    world.profile.delete(page.id, Array.isArray(fields) ? fields.map(String) : []);
    return { result: 'success' };
  });
}
