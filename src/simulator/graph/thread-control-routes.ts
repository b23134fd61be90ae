import type { FastifyInstance } from 'fastify';
import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { findConnectedAppId, setThreadRouting } from '../actors/routing-actions.ts';
import { idText, textAtPath } from '../json.ts';
import { missingParameter } from '../rules/part-rules.ts';
import { badParameter, toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { Person } from '../state/people.ts';
import { MAX_CONTROL_MS, mayWrite, type ThreadRouting } from '../state/thread-routing.ts';
import { checkAccess, requestParametersOf, refuse, type GraphAccess, type GraphPath } from './graph-call.ts';

/** One call about thread control, with the thread it concerns. */
interface ControlCall {
  readonly state: SimulatorState;
  readonly person: Person;
  /** Missing where routing is off. */
  readonly control: ThreadRouting | undefined;
  readonly body: JsonObject;
}

/** Carries out a call, or returns Meta's refusal. */
type ControlOperation = (call: ControlCall) => Refusal | undefined;

/**
 * `POST /{page}/{…}_thread_control` (Meta, Conversation Routing, read 2026-10-06). Meta documents who may call them;
 * which number a forbidden call gets is our reading of its table of errors.
 */
const CONTROL_OPERATIONS: Readonly<Record<string, ControlOperation>> = {
  pass_thread_control: passControl,
  take_thread_control: takeControl,
  request_thread_control: requestControl,
  release_thread_control: releaseControl,
  extend_thread_control: extendControl,
};

/** The calls of Conversation Routing: `{…}_thread_control` and `thread_owner`. */
export function threadControlRoutes(app: FastifyInstance, state: SimulatorState): void {
  for (const [name, operate] of Object.entries(CONTROL_OPERATIONS)) {
    app.post<{ Params: GraphPath }>(`/graph/:version/:node/${name}`, async (request, reply) => {
      const body = requestParametersOf(request);
      const problem = withThread(state, checkAccess(state, request, body), body, operate);
      return problem ? refuse(reply, problem) : { success: true };
    });
  }

  /** Only the owner and the default app see the app id; how Meta prints an idle thread is not verified. */
  app.get<{ Params: GraphPath }>('/graph/:version/:node/thread_owner', async (request, reply) => {
    const query = requestParametersOf(request);
    let owner: JsonObject | undefined;
    const problem = withThread(state, checkAccess(state, request, query), query, ({ control }) => {
      const { ownerAppId, isDefaultApp = false } = control ?? {};
      const isShown = isDefaultApp || ownerAppId === state.options.appId;
      owner = ownerAppId === undefined ? undefined : isShown ? { app_id: ownerAppId } : {};
      return undefined;
    });
    return problem ? refuse(reply, problem) : { data: owner ? [{ thread_owner: owner }] : [] };
  });
}

function withThread(
  state: SimulatorState,
  { page, problem }: GraphAccess,
  body: JsonObject,
  operate: ControlOperation,
): Refusal | undefined {
  if (problem) return problem;
  const { recipient } = body;
  const psid = isObject(recipient) ? textAtPath(recipient, 'id') : idText(recipient);
  if (!psid) return missingParameter('recipient[id]');
  const person = state.people.find(psid);
  if (person?.pageId !== page.id) return toRefusal('recipientUnknown', state.channel);
  return operate({ state, person, body, control: state.threadRoutings.find(psid, state.now(psid)) });
}

/** For the owner, or the default app of an idle thread. Without routing it is accepted and changes nothing. */
function passControl({ state, person, control, body }: ControlCall): Refusal | undefined {
  const target = idText(body['target_app_id']);
  if (target === '') return missingParameter('target_app_id');
  const ownerAppId = findConnectedAppId(state, target);
  if (ownerAppId === undefined) return toRefusal('appUnknown');
  if (!mayWrite(control, state.options.appId)) return toRefusal('notOwner');
  if (control) setThreadRouting(state, person.psid, { ...control, ownerAppId });
  return undefined;
}

function takeControl({ state, person, control }: ControlCall): Refusal | undefined {
  if (!control?.isDefaultApp) return toRefusal('receiverRole');
  setThreadRouting(state, person.psid, { ...control, ownerAppId: state.options.appId });
  return undefined;
}

function requestControl({ control }: ControlCall): Refusal | undefined {
  return control ? toRefusal('receiverRole') : undefined;
}

function releaseControl({ state, person, control }: ControlCall): Refusal | undefined {
  if (!control || control.ownerAppId !== state.options.appId) return toRefusal('notOwner');
  setThreadRouting(state, person.psid, { isDefaultApp: control.isDefaultApp });
  return undefined;
}

/** `duration` in seconds. */
function extendControl({ state, person, control, body }: ControlCall): Refusal | undefined {
  if (control?.ownerAppId !== state.options.appId) return toRefusal('notOwner');
  const ms = Number(body['duration']) * 1000;
  if (!(ms > 0 && ms <= MAX_CONTROL_MS)) {
    return badParameter('param duration must be between 1 and 604800', 'Control can be extended up to 7 days.');
  }
  state.threadRoutings.extend(person.psid, ms);
  return undefined;
}
