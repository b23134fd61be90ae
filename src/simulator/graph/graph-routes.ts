import type { FastifyInstance } from 'fastify';
import { badParameter, toRefusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { appRoutes } from './app-routes.ts';
import { isThisPage, requestQueryOf, refuse, checkTokenAccess, type GraphPath } from './graph-call.ts';
import { personaBody, personaRoutes } from './persona-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { sendRoute } from './send-route.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { templateRoutes } from './template-routes.ts';
import { threadControlRoutes } from './thread-control-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { uploadRoute } from './upload-route.ts';
import { addUsageHeaders } from './usage-headers.ts';
import { userProfile, wantsMoreThanNames } from './user-profile.ts';

/** The parts of the Graph API that a bot needs, under `/graph`. */
export function graphRoutes(app: FastifyInstance, state: SimulatorState): void {
  void app.register(async (graph) => {
    addUsageHeaders(graph, state);
    nodeRoutes(graph, state);
    tokenRoutes(graph, state);
    appRoutes(graph, state);
    subscriptionRoutes(graph, state);
    personaRoutes(graph, state);
    templateRoutes(graph, state);
    sendRoute(graph, state);
    uploadRoute(graph, state);
    profileRoutes(graph, state);
    threadControlRoutes(graph, state);
    graph.all('/graph/*', (_, reply) => refuse(reply, toRefusal('pathUnknown')));
  });
}

const FIELD_NOT_GRANTED = badParameter(
  'Tried to read a field of the person without its permission',
  'The app may know names, and no language or time zone: pages_user_locale and pages_user_timezone were not granted.',
);

function nodeRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.get<{ Params: GraphPath }>('/graph/:version/:node', async (request, reply) => {
    const { node } = request.params;
    const { page, problem } = checkTokenAccess(state, request, {});
    if (problem) return refuse(reply, problem);
    if (isThisPage(page, node)) return { id: page.id, name: page.name };
    const persona = state.personas.find(node, page.id);
    if (persona) return personaBody(persona);
    const person = state.people.find(node);
    if (person?.pageId !== page.id) return refuse(reply, toRefusal('pageUnknown'));
    const picture = `http://${request.headers.host}${app.prefix}/pictures/${person.psid}.svg`;
    const { fields } = requestQueryOf(request);
    const { profileAccess } = state.app;
    if (profileAccess === 'names' && wantsMoreThanNames(fields)) return refuse(reply, FIELD_NOT_GRANTED);
    return profileAccess === 'none' ? {} : userProfile(person, picture, fields);
  });
}
