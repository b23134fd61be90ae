import type { FastifyInstance } from 'fastify';
import { first, missing, oneOf } from '../rules/part-rules.ts';
import { refusal, type Refusal } from '../rules/refusals.ts';
import type { World } from '../state/simulator-state.ts';
import { knownFields } from '../webhook/subscriptions.ts';
import { accessOf, parametersOf, refuse, type Access, type Path } from './graph-call.ts';

/** `/{page}/subscribed_apps`: what the Page tells our app. Meta's sample answers with the word "true". */
export function subscriptionRoutes(app: FastifyInstance, world: World): void {
  const address = '/graph/:version/:node/subscribed_apps';

  app.get<{ Params: Path }>(address, async (request, reply) => {
    const { page, problem } = accessOf(world, request, {});
    if (problem) return refuse(reply, problem);
    const fields = world.subscriptions.of(page.id);
    const ours = { category: 'Business', link: 'https://shop.example/app', name: 'Bot', id: world.options.appId };
    return { data: fields ? [{ ...ours, subscribed_fields: fields }] : [] };
  });

  app.post<{ Params: Path }>(address, async (request, reply) => {
    const body = parametersOf(request);
    const { page, problem } = moderatorOf(accessOf(world, request, body));
    if (problem) return refuse(reply, problem);
    const fields = fieldsIn(body['subscribed_fields']);
    const objection = fieldProblem(world, 'subscribed_fields', fields);
    if (objection) return refuse(reply, objection);
    world.subscriptions.subscribe(page.id, fields);
    return { success: 'true' };
  });

  app.delete<{ Params: Path }>(address, async (request, reply) => {
    const { page, problem } = moderatorOf(accessOf(world, request, parametersOf(request)));
    if (problem) return refuse(reply, problem);
    world.subscriptions.unsubscribe(page.id);
    return { success: 'true' };
  });
}

/** Names between commas, or a list of them. */
export function fieldsIn(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [];
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

export function fieldProblem({ channel }: World, param: string, fields: readonly string[]): Refusal | undefined {
  if (fields.length === 0) return missing(param);
  return first(
    fields.map((field, index) => ({ field, index })),
    ({ field, index }) => oneOf(`${param}[${index}]`, field, knownFields(channel)),
  );
}

/** Whose token it is must have the task MODERATE on the Page. */
function moderatorOf(access: Access): Access {
  if (access.problem || access.page.tasks.includes('MODERATE')) return access;
  return { problem: refusal('taskMissing') };
}
