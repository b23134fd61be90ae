import type { FastifyInstance } from 'fastify';
import { firstProblem, missingParameter, choiceProblem } from '../rules/part-rules.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { listKnownFields } from '../webhook/subscriptions.ts';
import { checkAccess, requestParametersOf, refuse, type GraphAccess, type GraphPath } from './graph-call.ts';

/** `/{page}/subscribed_apps`: the fields of our app's subscription on the Page. Meta's sample answers the text "true". */
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
    const bodyProblem = fieldProblem(state, 'subscribed_fields', fields);
    if (bodyProblem) return refuse(reply, bodyProblem);
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

/** Field names, separated by commas or in an array. */
export function fieldsIn(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [];
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** Checks that all fields of a subscription exist. */
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

/** Refuses a token whose person lacks the task MODERATE on the Page. */
function moderatorOf(access: GraphAccess): GraphAccess {
  if (access.problem || access.page.tasks.includes('MODERATE')) return access;
  return { problem: toRefusal('taskMissing') };
}
