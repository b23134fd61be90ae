import type { FastifyInstance } from 'fastify';
import { connectedApp, putOwner } from '../actors/thread-routing.ts';
import { idText, isRecord, textAt, type JsonRecord } from '../json.ts';
import { missing } from '../rules/part-rules.ts';
import { badParameter, refusal, type Refusal } from '../rules/refusals.ts';
import type { Person } from '../state/people.ts';
import type { World } from '../state/simulator-state.ts';
import { MAX_CONTROL_MS, mayWrite, type ThreadControl } from '../state/thread-control.ts';
import { accessOf, parametersOf, refuse, type Access, type Path } from './graph-call.ts';

/** What one of the calls finds: the thread, who owns it, and what was asked. */
interface ControlCall {
  readonly world: World;
  readonly person: Person;
  /** Missing where routing is off. */
  readonly control: ThreadControl | undefined;
  readonly body: JsonRecord;
}

/** Does what was asked, or says why Meta would not. */
type Act = (call: ControlCall) => Refusal | undefined;

/**
 * `POST /{page}/{…}_thread_control` and `GET /{page}/thread_owner` (Meta, Conversation Routing, read 2026-10-06). Meta
 * names who may call them; which number a wrong call gets is our reading of its table of errors.
 */
const ACTS: Readonly<Record<string, Act>> = {
  pass_thread_control: pass,
  take_thread_control: take,
  request_thread_control: ask,
  release_thread_control: release,
  extend_thread_control: extend,
};

export function threadControlRoutes(app: FastifyInstance, world: World): void {
  for (const [name, act] of Object.entries(ACTS)) {
    app.post<{ Params: Path }>(`/graph/:version/:node/${name}`, async (request, reply) => {
      const body = parametersOf(request);
      const problem = withThread(world, accessOf(world, request, body), body, act);
      return problem ? refuse(reply, problem) : { success: true };
    });
  }

  /** The app id is shown to the owner and to the default app alone; how Meta prints an idle thread is not verified. */
  app.get<{ Params: Path }>('/graph/:version/:node/thread_owner', async (request, reply) => {
    const query = parametersOf(request);
    let owner: JsonRecord | undefined;
    const problem = withThread(world, accessOf(world, request, query), query, ({ control }) => {
      const { ownerAppId, isDefaultApp = false } = control ?? {};
      const isShown = isDefaultApp || ownerAppId === world.options.appId;
      owner = ownerAppId === undefined ? undefined : isShown ? { app_id: ownerAppId } : {};
      return undefined;
    });
    return problem ? refuse(reply, problem) : { data: owner ? [{ thread_owner: owner }] : [] };
  });
}

function withThread(world: World, { page, problem }: Access, body: JsonRecord, act: Act): Refusal | undefined {
  if (problem) return problem;
  const { recipient } = body;
  const psid = isRecord(recipient) ? textAt(recipient, 'id') : idText(recipient);
  if (!psid) return missing('recipient[id]');
  const person = world.people.find(psid);
  if (person?.pageId !== page.id) return refusal('recipientUnknown', world.channel);
  return act({ world, person, body, control: world.threadControls.of(psid, world.now(psid)) });
}

/** By the owner, or while idle by the default app. Without routing it is taken, and changes nothing: all may write. */
function pass({ world, person, control, body }: ControlCall): Refusal | undefined {
  const target = idText(body['target_app_id']);
  if (target === '') return missing('target_app_id');
  const ownerAppId = connectedApp(world, target);
  if (ownerAppId === undefined) return refusal('appUnknown');
  if (!mayWrite(control, world.options.appId)) return refusal('notOwner');
  if (control) putOwner(world, person.psid, { ...control, ownerAppId });
  return undefined;
}

function take({ world, person, control }: ControlCall): Refusal | undefined {
  if (!control?.isDefaultApp) return refusal('receiverRole');
  putOwner(world, person.psid, { ...control, ownerAppId: world.options.appId });
  return undefined;
}

function ask({ control }: ControlCall): Refusal | undefined {
  return control ? refusal('receiverRole') : undefined;
}

function release({ world, person, control }: ControlCall): Refusal | undefined {
  if (!control || control.ownerAppId !== world.options.appId) return refusal('notOwner');
  putOwner(world, person.psid, { isDefaultApp: control.isDefaultApp });
  return undefined;
}

/** `duration` in seconds. */
function extend({ world, person, control, body }: ControlCall): Refusal | undefined {
  if (control?.ownerAppId !== world.options.appId) return refusal('notOwner');
  const ms = Number(body['duration']) * 1000;
  if (!(ms > 0 && ms <= MAX_CONTROL_MS)) {
    return badParameter('param duration must be between 1 and 604800', 'Control can be extended up to 7 days.');
  }
  world.threadControls.extend(person.psid, ms);
  return undefined;
}
