import type { FastifyInstance } from 'fastify';
import { badParameter, refusal } from '../rules/refusals.ts';
import { profileOf, wantsMoreThanNames } from '../state/profile.ts';
import type { World } from '../state/simulator-state.ts';
import { appRoutes } from './app-routes.ts';
import { isThisPage, queryOf, refuse, tokenAccessOf, type Path } from './graph-call.ts';
import { personaBody, personaRoutes } from './persona-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { sendRoute } from './send-route.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { threadControlRoutes } from './thread-control-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { uploadRoute } from './upload-route.ts';
import { usageHeaders } from './usage-headers.ts';

/** The part of the Graph API that a bot needs, under `/graph`. */
export function graphRoutes(app: FastifyInstance, world: World): void {
  void app.register(async (graph) => {
    usageHeaders(graph, world);
    nodeRoutes(graph, world);
    tokenRoutes(graph, world);
    appRoutes(graph, world);
    subscriptionRoutes(graph, world);
    personaRoutes(graph, world);
    sendRoute(graph, world);
    uploadRoute(graph, world);
    profileRoutes(graph, world);
    threadControlRoutes(graph, world);
    graph.all('/graph/*', (_, reply) => refuse(reply, refusal('pathUnknown')));
  });
}

const FIELD_NOT_GRANTED = badParameter(
  'Tried to read a field of the person without its permission',
  'The app may know names, and no language or time zone: pages_user_locale and pages_user_timezone were not granted.',
);

function nodeRoutes(app: FastifyInstance, world: World): void {
  app.get<{ Params: Path }>('/graph/:version/:node', async (request, reply) => {
    const { node } = request.params;
    const { page, problem } = tokenAccessOf(world, request, {});
    if (problem) return refuse(reply, problem);
    if (isThisPage(page, node)) return { id: page.id, name: page.name };
    const persona = world.personas.find(node, page.id);
    if (persona) return personaBody(persona);
    const person = world.people.find(node);
    if (person?.pageId !== page.id) return refuse(reply, refusal('pageUnknown'));
    const picture = `http://${request.headers.host}${app.prefix}/pictures/${person.psid}.svg`;
    const { fields } = queryOf(request);
    const { profileAccess } = world.app;
    if (profileAccess === 'names' && wantsMoreThanNames(fields)) return refuse(reply, FIELD_NOT_GRANTED);
    return profileAccess === 'none' ? {} : profileOf(person, picture, fields);
  });
}
