import type { FastifyInstance } from 'fastify';
import { hasText, idText, type JsonRecord } from '../json.ts';
import { missing, partProblem } from '../rules/part-rules.ts';
import { refusal, type Refusal } from '../rules/refusals.ts';
import type { Persona } from '../state/personas.ts';
import type { World } from '../state/simulator-state.ts';
import { accessOf, bodyOf, refuse, tokenAccessOf, type Path } from './graph-call.ts';

/** `/{page}/personas` and `/{persona}` (Meta, Personas; names have at most 50 characters). */
export function personaRoutes(app: FastifyInstance, world: World): void {
  app.post<{ Params: Path }>('/graph/:version/:node/personas', async (request, reply) => {
    const body = bodyOf(request);
    const { page, problem } = accessOf(world, request, body);
    if (problem) return refuse(reply, problem);
    const objection = personaProblem(body);
    if (objection) return refuse(reply, objection);
    const { name, profile_picture_url: pictureUrl } = body;
    return { id: world.personas.add({ name: idText(name), pictureUrl: idText(pictureUrl) }, page.id) };
  });

  app.get<{ Params: Path }>('/graph/:version/:node/personas', async (request, reply) => {
    const { page, problem } = accessOf(world, request, {});
    return problem ? refuse(reply, problem) : { data: world.personas.all(page.id).map(personaBody) };
  });

  app.delete<{ Params: Path }>('/graph/:version/:node', async (request, reply) => {
    const { page, problem } = tokenAccessOf(world, request, bodyOf(request));
    if (problem) return refuse(reply, problem);
    const persona = world.personas.find(request.params.node, page.id);
    if (!persona) return refuse(reply, refusal('pageUnknown'));
    world.personas.delete(persona.id);
    return { success: true };
  });
}

export function personaBody({ id, name, pictureUrl }: Persona): JsonRecord {
  return { name, profile_picture_url: pictureUrl, id };
}

function personaProblem(body: JsonRecord): Refusal | undefined {
  if (!hasText(body['name'])) return missing('name');
  if (!hasText(body['profile_picture_url'])) return missing('profile_picture_url');
  if (!/^https?:\/\/\S+$/i.test(body['profile_picture_url'])) return refusal('mediaNotFetched');
  return partProblem(body, '', { lengths: [{ at: 'name', upTo: 50 }] });
}
