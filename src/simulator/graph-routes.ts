import type { FastifyInstance, FastifyReply } from 'fastify';
import { accessProblem, bodyOf, isThisPage, queryOf, refuse } from './graph-call.ts';
import type { Path } from './graph-call.ts';
import type { JsonRecord } from './json.ts';
import { runUnder } from './faults.ts';
import type { FaultedOutcome } from './faults.ts';
import { psidOf, takeSend } from './page-side.ts';
import type { SendResult } from './page-side.ts';
import { profileRoutes } from './profile-routes.ts';
import { profileOf } from './profile.ts';
import { errorBody, refusal } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import type { SendRecord } from './sends.ts';
import { threadControlRoutes } from './thread-control-routes.ts';
import { uploadRoute } from './upload-route.ts';
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
  app.post<{ Params: Path }>('/graph/:version/:node/messages', async (request, reply) => {
    const body = bodyOf(request);
    return takeCall(world, body, accessProblem(world, request, body), reply);
  });

  app.get<{ Params: Path }>('/graph/:version/:node', async (request, reply) => {
    const { node } = request.params;
    const objection = accessProblem(world, request, {}, node);
    if (objection) return refuse(reply, objection);
    if (isThisPage(world, node)) return { id: world.options.pageId, name: world.options.pageName ?? 'Page' };
    const person = world.people.find(node);
    if (!person) return refuse(reply, refusal('pageUnknown'));
    const picture = `http://${request.headers.host}${app.prefix}/pictures/${person.psid}.svg`;
    return profileOf(person, picture, queryOf(request)['fields']);
  });

  app.get<{ Params: Path }>('/graph/:version/:node/subscribed_apps', async (request, reply) => {
    const objection = accessProblem(world, request, {});
    if (objection) return refuse(reply, objection);
    return { data: [{ id: world.options.appId, name: 'Bot', subscribed_fields: DELIVERED_FIELDS }] };
  });

  uploadRoute(app, world);
  profileRoutes(app, world);
  threadControlRoutes(app, world);
  app.all('/graph/*', (_, reply) => refuse(reply, refusal('pathUnknown')));
}

/** One call of the Send API, kept for the page whatever becomes of it. */
async function takeCall(
  world: World,
  body: JsonRecord,
  objection: Refusal | undefined,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('facebook-api-version', world.options.graphVersion);
  const psid = psidOf(world, body);
  const isMessage = body['message'] !== undefined;
  const fault = isMessage && !objection ? world.faults.next(psid) : undefined;
  let taken: SendResult | undefined;
  const take = (): SendResult => (objection ? { status: 'refused', refusal: objection } : takeSend(world, body));
  const outcome = await runUnder(fault, () => (taken = take()));
  const mid = taken?.status === 'accepted' ? taken.mid : undefined;
  const record = { ...recordOf(outcome), ...(mid !== undefined && { mid }), ...(fault && { fault: fault.kind }) };
  const isKnown = psid !== undefined && world.people.find(psid) !== undefined;
  const { access_token: _, ...request } = body;
  world.sends.add({ ...record, ...(isKnown && { psid }), request: JSON.stringify(request), at: world.now(psid ?? '') });
  world.live.changed(psid);
  if (record.outcome !== 'accepted')
    world.options.log.info({ answer: record.answer, fault: fault?.kind }, 'send not taken');
  return answer(reply, outcome);
}

/** How a call is kept for the page. */
function recordOf(
  outcome: FaultedOutcome<SendResult>,
): Pick<SendRecord, 'outcome' | 'httpStatus' | 'answer' | 'meaning'> {
  if (outcome.status === 'cut') return { outcome: 'cut' };
  const result = outcome.status === 'refused' ? outcome : outcome.answer;
  if (result.status === 'accepted') {
    const { remark } = result;
    const answered = { httpStatus: 200, answer: JSON.stringify(success(result)) };
    return { outcome: 'accepted', ...answered, ...(remark !== undefined && { meaning: remark }) };
  }
  const { httpStatus, meaning } = result.refusal;
  return { outcome: 'refused', httpStatus, meaning, answer: JSON.stringify(errorBody(result.refusal)) };
}

function answer(reply: FastifyReply, outcome: FaultedOutcome<SendResult>): FastifyReply {
  if (outcome.status === 'cut') return cut(reply);
  const result = outcome.status === 'refused' ? outcome : outcome.answer;
  return result.status === 'refused' ? refuse(reply, result.refusal) : reply.send(success(result));
}

function success({ recipientId, mid, attachmentId }: Extract<SendResult, { status: 'accepted' }>): JsonRecord {
  return {
    recipient_id: recipientId,
    ...(mid !== undefined && { message_id: mid }),
    ...(attachmentId !== undefined && { attachment_id: attachmentId }),
  };
}

/** The caller sees ECONNRESET, as when a machine in between dies. */
function cut(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.request.raw.socket.resetAndDestroy();
  return reply;
}
