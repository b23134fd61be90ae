import type { FastifyInstance } from 'fastify';
import { firstProblem, missingParameter, choiceProblem } from '../rules/part-rules.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { listKnownFields } from '../webhook/subscriptions.ts';
import { checkAccess, requestParametersOf, refuse, type GraphAccess, type GraphPath } from './graph-call.ts';

/** `/{page}/subscribed_apps`: what the Page tells our app. Meta's sample answers with the word "true". */
export function subscriptionRoutes(app: FastifyInstance, state: SimulatorState): void {
  const address = '/graph/:version/:node/subscribed_apps';

  app.get<{ Params: GraphPath }>(address, async (request, reply) => {
    const { page, problem } = checkAccess(state, request, {});
    if (problem) return refuse(reply, problem);
    const fields = state.subscriptions.fieldsOf(page.id);
    const ours = { category: 'Business', link: 'https://shop.example/app', name: 'Bot', id: state.options.appId };
    return { data: fields ? [{ ...ours, subscribed_fields: fields }] : [] };
  });

  app.post<{ Params: GraphPath }>(address, async (request, reply) => {
    const body = requestParametersOf(request);
    const { page, problem } = moderatorOf(checkAccess(state, request, body));
    if (problem) return refuse(reply, problem);
    const fields = fieldsIn(body['subscribed_fields']);
    const objection = fieldProblem(state, 'subscribed_fields', fields);
    if (objection) return refuse(reply, objection);
    state.subscriptions.subscribe(page.id, fields);
    return { success: 'true' };
  });

  app.delete<{ Params: GraphPath }>(address, async (request, reply) => {
    const { page, problem } = moderatorOf(checkAccess(state, request, requestParametersOf(request)));
    if (problem) return refuse(reply, problem);
    state.subscriptions.unsubscribe(page.id);
    return { success: 'true' };
  });
}

/** Names between commas, or a list of them. */
export function fieldsIn(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [];
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

export function fieldProblem(
  { channel }: SimulatorState,
  param: string,
  fields: readonly string[],
): Refusal | undefined {
  if (fields.length === 0) return missingParameter(param);
  return firstProblem(
    fields.map((field, index) => ({ field, index })),
    ({ field, index }) => choiceProblem(`${param}[${index}]`, field, listKnownFields(channel)),
  );
}

/** Whose token it is must have the task MODERATE on the Page. */
function moderatorOf(access: GraphAccess): GraphAccess {
  if (access.problem || access.page.tasks.includes('MODERATE')) return access;
  return { problem: toRefusal('taskMissing') };
}
