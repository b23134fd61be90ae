import { randomInt } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { request as call } from 'undici';
import type { JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText } from '../json.ts';
import { missingParameter, choiceProblem } from '../rules/part-rules.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { appTokenOf } from '../state/simulated-app.ts';
import { proofProblem } from './app-secret-proof.ts';
import { isVersion, requestParametersOf, refuse, accessTokenOf, type GraphPath } from './graph-call.ts';
import { fieldProblem, fieldsIn } from './subscription-routes.ts';

/**
 * `/{app}/subscriptions`, with an app access token: the callback URL and the fields of webhooks. Meta documents that the
 * edge exists and that setting it calls the callback URL; the body and the number of a failed handshake are unverified.
 */
export function appRoutes(app: FastifyInstance, state: SimulatorState): void {
  const { options } = state;
  const address = `/graph/:version/${options.appId}/subscriptions`;

  app.get<{ Params: GraphPath }>(address, async (request, reply) => {
    const problem = appAccessProblem(state, request);
    if (problem) return refuse(reply, problem);
    const { subscription } = state.app;
    if (!subscription) return { data: [] };
    const { callbackUrl, fields } = subscription;
    const versioned = fields.map((name) => ({ name, version: options.graphVersion }));
    return {
      data: [
        {
          object: state.channel === 'instagram' ? 'instagram' : 'page',
          callback_url: callbackUrl,
          active: true,
          fields: versioned,
        },
      ],
    };
  });

  app.post<{ Params: GraphPath }>(address, async (request, reply) => {
    const body = requestParametersOf(request);
    const fields = fieldsIn(body['fields']);
    const callbackUrl = idText(body['callback_url']);
    const problem =
      appAccessProblem(state, request) ??
      subscriptionProblem(state, body, fields) ??
      (await handshakeProblem(callbackUrl, idText(body['verify_token']), options.answerWithinMs));
    if (problem) return refuse(reply, problem);
    state.app.subscription = { callbackUrl, fields };
    return { success: true };
  });

  app.delete<{ Params: GraphPath }>(address, async (request, reply) => {
    const problem = appAccessProblem(state, request);
    if (problem) return refuse(reply, problem);
    state.app.subscription = undefined;
    return { success: true };
  });
}

/** Checks a call that only the app itself may make. */
export function appAccessProblem({ options }: SimulatorState, request: FastifyRequest): Refusal | undefined {
  const parameters = requestParametersOf(request);
  if (!isVersion((request.params as GraphPath).version)) return toRefusal('pathUnknown');
  const token = accessTokenOf(request, parameters);
  if (token !== appTokenOf(options)) return toRefusal('appTokenInvalid');
  // An app token contains the secret already, so only a proof that was sent is checked.
  return proofProblem({ ...options, requireAppSecretProof: false }, token, parameters);
}

function subscriptionProblem(state: SimulatorState, body: JsonObject, fields: readonly string[]): Refusal | undefined {
  const { callback_url: url, verify_token: token, object } = body;
  if (!hasText(url) || !URL.canParse(url)) return missingParameter('callback_url');
  return (
    choiceProblem('object', object, [state.channel === 'instagram' ? 'instagram' : 'page']) ??
    (hasText(token) ? fieldProblem(state, 'fields', fields) : missingParameter('verify_token'))
  );
}

/** Verifies the callback URL as Meta does: it must return the challenge unchanged. */
async function handshakeProblem(url: string, token: string, answerWithinMs = 5000): Promise<Refusal | undefined> {
  const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': challenge };
  try {
    const answer = await call(url, { query, signal: AbortSignal.timeout(answerWithinMs) });
    const isRight = (await answer.body.text()) === challenge && answer.statusCode === 200;
    return isRight ? undefined : toRefusal('handshakeFailed');
  } catch {
    return toRefusal('handshakeFailed');
  }
}
