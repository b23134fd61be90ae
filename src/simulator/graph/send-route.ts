import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../messenger/check/json.ts';
import { runWithFault, type FaultedOutcome } from '../rules/faults.ts';
import { errorBody, toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { SimulatedPage } from '../state/pages.ts';
import type { SimulatedSend } from '../state/sends.ts';
import {
  checkAccess,
  requestBodyOf,
  refuse,
  withoutCredentials,
  type GraphAccess,
  type GraphPath,
} from './graph-call.ts';
import { psidOf, acceptSend, type SendResult } from './take-send.ts';

/** `POST /{page}/messages`: the Send API. */
export function sendRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post<{ Params: GraphPath }>('/graph/:version/:node/messages', async (request, reply) => {
    const body = requestBodyOf(request);
    return handleSend(state, body, checkSendAccess(state, request, body), reply);
  });
}

/** Checks what does not depend on the message: the call, the app, the Page. */
function checkSendAccess(state: SimulatorState, request: FastifyRequest, body: JsonObject): GraphAccess {
  const access = checkAccess(state, request, body, { send: body });
  const problem = access.problem ?? pageProblem(state, access.page);
  return problem ? { problem } : access;
}

function pageProblem({ app }: SimulatorState, { tasks, isRestricted }: SimulatedPage): Refusal | undefined {
  if (!app.isLive) return toRefusal('appNotLive');
  if (!tasks.includes('MESSAGING')) return toRefusal('taskMissing');
  return isRestricted ? toRefusal('pageRestricted') : undefined;
}

/** Handles one call of the Send API and records it for the page, whatever its result. */
async function handleSend(
  state: SimulatorState,
  body: JsonObject,
  access: GraphAccess,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const psid = psidOf(state, body);
  const isMessage = body['message'] !== undefined;
  const fault = isMessage && !access.problem ? state.faults.next(psid) : undefined;
  let result: SendResult | undefined;
  const take = (): SendResult =>
    access.problem ? { status: 'refused', refusal: access.problem } : acceptSend(state, access.page, body);
  const outcome = await runWithFault(fault, () => (result = take()));
  const mid = result?.status === 'accepted' ? result.mid : undefined;
  const record = { ...toSendOutcome(outcome), ...(mid !== undefined && { mid }), ...(fault && { fault: fault.kind }) };
  const isKnown = psid !== undefined && state.people.find(psid) !== undefined;
  const request = withoutCredentials(body);
  state.sends.add({ ...record, ...(isKnown && { psid }), request: JSON.stringify(request), at: state.now(psid ?? '') });
  state.live.notify(psid);
  if (record.outcome !== 'accepted')
    state.options.log.info({ answer: record.answer, fault: fault?.kind }, 'send refused or cut');
  return replyWith(reply, outcome);
}

/** The result of a call as it is recorded. */
function toSendOutcome(
  outcome: FaultedOutcome<SendResult>,
): Pick<SimulatedSend, 'outcome' | 'httpStatus' | 'answer' | 'meaning'> {
  if (outcome.status === 'cut') return { outcome: 'cut' };
  const result = outcome.status === 'refused' ? outcome : outcome.answer;
  if (result.status === 'accepted') {
    const { remark } = result;
    const answered = { httpStatus: 200, answer: JSON.stringify(toSuccessBody(result)) };
    return { outcome: 'accepted', ...answered, ...(remark !== undefined && { meaning: remark }) };
  }
  const { httpStatus, meaning } = result.refusal;
  return { outcome: 'refused', httpStatus, meaning, answer: JSON.stringify(errorBody(result.refusal)) };
}

function replyWith(reply: FastifyReply, outcome: FaultedOutcome<SendResult>): FastifyReply {
  if (outcome.status === 'cut') return cutConnection(reply);
  const result = outcome.status === 'refused' ? outcome : outcome.answer;
  return result.status === 'refused' ? refuse(reply, result.refusal) : reply.send(toSuccessBody(result));
}

function toSuccessBody({ recipientId, mid, attachmentId }: Extract<SendResult, { status: 'accepted' }>): JsonObject {
  return {
    recipient_id: recipientId,
    ...(mid !== undefined && { message_id: mid }),
    ...(attachmentId !== undefined && { attachment_id: attachmentId }),
  };
}

/** Resets the connection, so that the caller gets ECONNRESET. */
function cutConnection(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.request.raw.socket.resetAndDestroy();
  return reply;
}
