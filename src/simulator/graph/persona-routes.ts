import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText } from '../json.ts';
import { missingParameter, partProblem } from '../rules/part-rules.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { Persona } from '../state/personas.ts';
import { checkAccess, requestBodyOf, refuse, checkTokenAccess, type GraphPath } from './graph-call.ts';

/** `/{page}/personas` and `/{persona}` (Meta, Personas; names have at most 50 characters). */
export function personaRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.post<{ Params: GraphPath }>('/graph/:version/:node/personas', async (request, reply) => {
    const body = requestBodyOf(request);
    const { page, problem } = checkAccess(state, request, body);
    if (problem) return refuse(reply, problem);
    const bodyProblem = personaProblem(body);
    if (bodyProblem) return refuse(reply, bodyProblem);
    const { name, profile_picture_url: pictureUrl } = body;
    return { id: state.personas.add({ name: idText(name), pictureUrl: idText(pictureUrl) }, page.id) };
  });

  app.get<{ Params: GraphPath }>('/graph/:version/:node/personas', async (request, reply) => {
    const { page, problem } = checkAccess(state, request, {});
    return problem ? refuse(reply, problem) : { data: state.personas.all(page.id).map(personaBody) };
  });

  app.delete<{ Params: GraphPath }>('/graph/:version/:node', async (request, reply) => {
    const { page, problem } = checkTokenAccess(state, request, requestBodyOf(request));
    if (problem) return refuse(reply, problem);
    const persona = state.personas.find(request.params.node, page.id);
    if (!persona) return refuse(reply, toRefusal('pageUnknown'));
    state.personas.delete(persona.id);
    return { success: true };
  });
}

/** A persona as the Graph API prints it. */
export function personaBody({ id, name, pictureUrl }: Persona): JsonObject {
  return { name, profile_picture_url: pictureUrl, id };
}

function personaProblem(body: JsonObject): Refusal | undefined {
  if (!hasText(body['name'])) return missingParameter('name');
  if (!hasText(body['profile_picture_url'])) return missingParameter('profile_picture_url');
  if (!/^https?:\/\/\S+$/i.test(body['profile_picture_url'])) return toRefusal('mediaNotFetched');
  return partProblem(body, '', { lengths: [{ at: 'name', upTo: 50 }] });
}
