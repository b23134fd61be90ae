import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JsonRecord } from '../json.ts';
import { runUnder, type FaultedOutcome } from '../rules/faults.ts';
import { errorBody, refusal, type Refusal } from '../rules/refusals.ts';
import type { Page } from '../state/pages.ts';
import type { SendRecord } from '../state/sends.ts';
import type { World } from '../state/simulator-state.ts';
import { accessOf, bodyOf, refuse, withoutCredentials, type Access, type Path } from './graph-call.ts';
import { psidOf, takeSend, type SendResult } from './take-send.ts';

/** `POST /{page}/messages`: the Send API. */
export function sendRoute(app: FastifyInstance, world: World): void {
  app.post<{ Params: Path }>('/graph/:version/:node/messages', async (request, reply) => {
    const body = bodyOf(request);
    return takeCall(world, body, sendAccessOf(world, request, body), reply);
  });
}

/** Who calls, unless something speaks against every send of the Page, whatever it says. */
function sendAccessOf(world: World, request: FastifyRequest, body: JsonRecord): Access {
  const access = accessOf(world, request, body, { send: body });
  const problem = access.problem ?? pageObjection(world, access.page);
  return problem ? { problem } : access;
}

function pageObjection({ app }: World, { tasks, isRestricted }: Page): Refusal | undefined {
  if (!app.isLive) return refusal('appNotLive');
  if (!tasks.includes('MESSAGING')) return refusal('taskMissing');
  return isRestricted ? refusal('pageRestricted') : undefined;
}

/** One call of the Send API, kept for the page whatever becomes of it. */
async function takeCall(world: World, body: JsonRecord, access: Access, reply: FastifyReply): Promise<FastifyReply> {
  const psid = psidOf(world, body);
  const isMessage = body['message'] !== undefined;
  const fault = isMessage && !access.problem ? world.faults.next(psid) : undefined;
  let taken: SendResult | undefined;
  const take = (): SendResult =>
    access.problem ? { status: 'refused', refusal: access.problem } : takeSend(world, access.page, body);
  const outcome = await runUnder(fault, () => (taken = take()));
  const mid = taken?.status === 'accepted' ? taken.mid : undefined;
  const record = { ...recordOf(outcome), ...(mid !== undefined && { mid }), ...(fault && { fault: fault.kind }) };
  const isKnown = psid !== undefined && world.people.find(psid) !== undefined;
  const request = withoutCredentials(body);
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
