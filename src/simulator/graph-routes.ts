import type { FastifyInstance } from 'fastify';
import { accessOf, isThisPage, queryOf, refuse, tokenAccessOf } from './graph-call.ts';
import type { Path } from './graph-call.ts';
import { profileRoutes } from './profile-routes.ts';
import { profileOf } from './profile.ts';
import { refusal } from './refusals.ts';
import { sendRoute } from './send-route.ts';
import { threadControlRoutes } from './thread-control-routes.ts';
import { uploadRoute } from './upload-route.ts';
import { usageHeaders } from './usage-headers.ts';
import type { World } from './world.ts';

/** What the simulator delivers; here every app is subscribed to all of it. */
const DELIVERED_FIELDS = [
  'messages',
  'messaging_postbacks',
  'message_echoes',
  'message_deliveries',
  'message_reads',
  'message_reactions',
  'messaging_referrals',
];

/** The part of the Graph API that a bot needs, under `/graph`. */
export function graphRoutes(app: FastifyInstance, world: World): void {
  void app.register(async (graph) => {
    usageHeaders(graph, world);
    nodeRoutes(graph, world);
    sendRoute(graph, world);
    uploadRoute(graph, world);
    profileRoutes(graph, world);
    threadControlRoutes(graph, world);
    graph.all('/graph/*', (_, reply) => refuse(reply, refusal('pathUnknown')));
  });
}

function nodeRoutes(app: FastifyInstance, world: World): void {
  app.get<{ Params: Path }>('/graph/:version/:node', async (request, reply) => {
    const { node } = request.params;
    const { page, problem } = tokenAccessOf(world, request, {});
    if (problem) return refuse(reply, problem);
    if (isThisPage(page, node)) return { id: page.id, name: page.name };
    const person = world.people.find(node);
    if (person?.pageId !== page.id) return refuse(reply, refusal('pageUnknown'));
    const picture = `http://${request.headers.host}${app.prefix}/pictures/${person.psid}.svg`;
    return profileOf(person, picture, queryOf(request)['fields']);
  });

  app.get<{ Params: Path }>('/graph/:version/:node/subscribed_apps', async (request, reply) => {
    const { problem } = accessOf(world, request, {});
    if (problem) return refuse(reply, problem);
    return { data: [{ id: world.options.appId, name: 'Bot', subscribed_fields: DELIVERED_FIELDS }] };
  });
}
