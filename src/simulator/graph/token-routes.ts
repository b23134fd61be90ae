import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText } from '../json.ts';
import { missingParameter, choiceProblem } from '../rules/part-rules.ts';
import { badParameter, errorBody, toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { appAccessProblem } from './app-routes.ts';
import { proofProblem } from './app-secret-proof.ts';
import {
  isVersion,
  requestParametersOf,
  requestQueryOf,
  refuse,
  checkTokenAccess,
  accessTokenOf,
  type GraphPath,
} from './graph-call.ts';

/** About 60 days, as Meta's sample has it (Get Long-Lived Tokens). */
const LONG_LIVED_SECONDS = 5_183_944;
const SCOPES = ['pages_messaging', 'pages_manage_metadata', 'pages_show_list', 'pages_read_engagement'];

/** The calls for obtaining and inspecting tokens. */
export function tokenRoutes(app: FastifyInstance, state: SimulatorState): void {
  /** The Pages of the person who logged in, with their tokens and tasks. */
  app.get<{ Params: GraphPath }>('/graph/:version/me/accounts', async (request, reply) => {
    const problem = userAccessProblem(state, request);
    if (problem) return refuse(reply, problem);
    const data = state.pages.all().map(({ id, name, accessToken, tasks }) => ({
      access_token: accessToken,
      category: 'Business',
      name,
      id,
      tasks,
    }));
    return { data, paging: { cursors: { before: 'MA', after: String(data.length) } } };
  });

  app.get<{ Params: GraphPath }>('/graph/:version/oauth/access_token', async (request, reply) => {
    const query = requestQueryOf(request);
    const problem = exchangeProblem(state, request.params.version, query);
    if (problem) return refuse(reply, problem);
    const access_token = `EAA${randomBytes(24).toString('base64url')}`;
    state.app.userTokens.add(access_token);
    return { access_token, token_type: 'bearer', expires_in: LONG_LIVED_SECONDS };
  });

  /** The fields of this answer are not verified. */
  app.get<{ Params: GraphPath }>('/graph/:version/debug_token', async (request, reply) => {
    const token = requestParametersOf(request)['input_token'];
    const problem = inspectorProblem(state, request) ?? (hasText(token) ? undefined : missingParameter('input_token'));
    return problem ? refuse(reply, problem) : { data: describeToken(state, idText(token)) };
  });
}

function userAccessProblem(state: SimulatorState, request: FastifyRequest): Refusal | undefined {
  const parameters = requestParametersOf(request);
  if (!isVersion((request.params as GraphPath).version)) return toRefusal('pathUnknown');
  const token = accessTokenOf(request, parameters);
  if (token !== undefined && state.app.userTokens.has(token)) return proofProblem(state.options, token, parameters);
  if (token === undefined || !state.pages.findToken(token)) return toRefusal('tokenInvalid');
  return badParameter(
    'Tried accessing nonexisting field (accounts) on node type (Page)',
    'The token of a Page was sent; this call takes the token of a person with pages_show_list.',
  );
}

function exchangeProblem({ options, app }: SimulatorState, version: string, query: JsonObject): Refusal | undefined {
  if (!isVersion(version)) return toRefusal('pathUnknown');
  const { grant_type: type, client_id: id, client_secret: secret, fb_exchange_token: token } = query;
  const problem = choiceProblem('grant_type', type, ['fb_exchange_token']);
  if (problem) return problem;
  if (id !== options.appId || secret !== options.appSecret) {
    return badParameter('Error validating client secret.', 'client_id and client_secret are not of this app.');
  }
  return hasText(token) && app.userTokens.has(token) ? undefined : toRefusal('tokenInvalid');
}

/** The app itself may inspect a token, and anybody with a valid one. */
function inspectorProblem(state: SimulatorState, request: FastifyRequest): Refusal | undefined {
  if (!appAccessProblem(state, request)) return undefined;
  const token = accessTokenOf(request, requestParametersOf(request));
  if (token !== undefined && state.app.userTokens.has(token)) return undefined;
  return checkTokenAccess(state, request, requestParametersOf(request)).problem;
}

function describeToken({ options, pages, app }: SimulatorState, token: string): JsonObject {
  const known = { app_id: options.appId, application: 'Bot', expires_at: 0, data_access_expires_at: 0 };
  if (app.userTokens.has(token)) return { ...known, type: 'USER', is_valid: true, scopes: SCOPES };
  const tokenState = pages.findToken(token);
  if (tokenState?.status === 'valid') {
    return { ...known, type: 'PAGE', is_valid: true, profile_id: tokenState.page.id, scopes: SCOPES };
  }
  const kind = !tokenState ? 'tokenInvalid' : tokenState.status === 'expired' ? 'tokenExpired' : 'tokenReplaced';
  return { is_valid: false, scopes: [], error: errorBody(toRefusal(kind))['error'] };
}
