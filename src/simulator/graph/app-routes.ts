import { randomInt } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { request as call } from 'undici';
import { hasText, idText, type JsonRecord } from '../json.ts';
import { missing, oneOf } from '../rules/part-rules.ts';
import { refusal, type Refusal } from '../rules/refusals.ts';
import { appTokenOf } from '../state/simulated-app.ts';
import type { World } from '../state/simulator-state.ts';
import { isVersion, parametersOf, refuse, tokenOf, type Path } from './graph-call.ts';
import { proofProblem } from './secret-proof.ts';
import { fieldProblem, fieldsIn } from './subscription-routes.ts';

/**
 * `/{app}/subscriptions`, with an app access token: where webhooks go, and which. Meta documents that the edge exists and
 * that setting it calls the callback URL; its body and the number of a failed handshake are not verified by us.
 */
export function appRoutes(app: FastifyInstance, world: World): void {
  const { options } = world;
  const address = `/graph/:version/${options.appId}/subscriptions`;

  app.get<{ Params: Path }>(address, async (request, reply) => {
    const problem = appAccessProblem(world, request);
    if (problem) return refuse(reply, problem);
    const { subscription } = world.app;
    if (!subscription) return { data: [] };
    const { callbackUrl, fields } = subscription;
    const versioned = fields.map((name) => ({ name, version: options.graphVersion }));
    return {
      data: [
        {
          object: world.channel === 'instagram' ? 'instagram' : 'page',
          callback_url: callbackUrl,
          active: true,
          fields: versioned,
        },
      ],
    };
  });

  app.post<{ Params: Path }>(address, async (request, reply) => {
    const body = parametersOf(request);
    const fields = fieldsIn(body['fields']);
    const callbackUrl = idText(body['callback_url']);
    const problem =
      appAccessProblem(world, request) ??
      subscriptionProblem(world, body, fields) ??
      (await handshakeProblem(callbackUrl, idText(body['verify_token']), options.answerWithinMs));
    if (problem) return refuse(reply, problem);
    world.app.subscription = { callbackUrl, fields };
    return { success: true };
  });

  app.delete<{ Params: Path }>(address, async (request, reply) => {
    const problem = appAccessProblem(world, request);
    if (problem) return refuse(reply, problem);
    world.app.subscription = undefined;
    return { success: true };
  });
}

/** What speaks against a call that only the app itself may make. */
export function appAccessProblem({ options }: World, request: FastifyRequest): Refusal | undefined {
  const parameters = parametersOf(request);
  if (!isVersion((request.params as Path).version)) return refusal('pathUnknown');
  const token = tokenOf(request, parameters);
  if (token !== appTokenOf(options)) return refusal('appTokenInvalid');
  // An app token holds the secret already; a proof is checked where one is given.
  return proofProblem({ ...options, requireAppSecretProof: false }, token, parameters);
}

function subscriptionProblem(world: World, body: JsonRecord, fields: readonly string[]): Refusal | undefined {
  const { callback_url: url, verify_token: token, object } = body;
  if (!hasText(url) || !URL.canParse(url)) return missing('callback_url');
  return (
    oneOf('object', object, [world.channel === 'instagram' ? 'instagram' : 'page']) ??
    (hasText(token) ? fieldProblem(world, 'fields', fields) : missing('verify_token'))
  );
}

/** Meta calls the address with a number, and wants it back as it is. */
async function handshakeProblem(url: string, token: string, answerWithinMs = 5000): Promise<Refusal | undefined> {
  const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': challenge };
  try {
    const answer = await call(url, { query, signal: AbortSignal.timeout(answerWithinMs) });
    const isRight = (await answer.body.text()) === challenge && answer.statusCode === 200;
    return isRight ? undefined : refusal('handshakeFailed');
  } catch {
    return refusal('handshakeFailed');
  }
}
