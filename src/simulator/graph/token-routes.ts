import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hasText, idText, type JsonRecord } from '../json.ts';
import { missing, oneOf } from '../rules/part-rules.ts';
import { badParameter, errorBody, refusal, type Refusal } from '../rules/refusals.ts';
import type { World } from '../state/simulator-state.ts';
import { appAccessProblem } from './app-routes.ts';
import { isVersion, parametersOf, queryOf, refuse, tokenAccessOf, tokenOf, type Path } from './graph-call.ts';
import { proofProblem } from './secret-proof.ts';

/** About 60 days, as Meta's sample has it (Get Long-Lived Tokens). */
const LONG_LIVED_SECONDS = 5_183_944;
const SCOPES = ['pages_messaging', 'pages_manage_metadata', 'pages_show_list', 'pages_read_engagement'];

/** The calls with which one comes to a Page's token. */
export function tokenRoutes(app: FastifyInstance, world: World): void {
  /** The Pages of whoever logged in, each with its token and what they may do there. */
  app.get<{ Params: Path }>('/graph/:version/me/accounts', async (request, reply) => {
    const problem = userAccessProblem(world, request);
    if (problem) return refuse(reply, problem);
    const data = world.pages.all().map(({ id, name, accessToken, tasks }) => ({
      access_token: accessToken,
      category: 'Business',
      name,
      id,
      tasks,
    }));
    return { data, paging: { cursors: { before: 'MA', after: String(data.length) } } };
  });

  app.get<{ Params: Path }>('/graph/:version/oauth/access_token', async (request, reply) => {
    const query = queryOf(request);
    const problem = exchangeProblem(world, request.params.version, query);
    if (problem) return refuse(reply, problem);
    const access_token = `EAA${randomBytes(24).toString('base64url')}`;
    world.app.userTokens.add(access_token);
    return { access_token, token_type: 'bearer', expires_in: LONG_LIVED_SECONDS };
  });

  /** The fields of this answer are not verified by us. */
  app.get<{ Params: Path }>('/graph/:version/debug_token', async (request, reply) => {
    const token = parametersOf(request)['input_token'];
    const problem = inspectorProblem(world, request) ?? (hasText(token) ? undefined : missing('input_token'));
    return problem ? refuse(reply, problem) : { data: inspected(world, idText(token)) };
  });
}

function userAccessProblem(world: World, request: FastifyRequest): Refusal | undefined {
  const parameters = parametersOf(request);
  if (!isVersion((request.params as Path).version)) return refusal('pathUnknown');
  const token = tokenOf(request, parameters);
  if (token !== undefined && world.app.userTokens.has(token)) return proofProblem(world.options, token, parameters);
  if (token === undefined || !world.pages.byToken(token)) return refusal('tokenInvalid');
  return badParameter(
    'Tried accessing nonexisting field (accounts) on node type (Page)',
    'The token of a Page was sent; this call takes the token of a person with pages_show_list.',
  );
}

function exchangeProblem({ options, app }: World, version: string, query: JsonRecord): Refusal | undefined {
  if (!isVersion(version)) return refusal('pathUnknown');
  const { grant_type: type, client_id: id, client_secret: secret, fb_exchange_token: token } = query;
  const problem = oneOf('grant_type', type, ['fb_exchange_token']);
  if (problem) return problem;
  if (id !== options.appId || secret !== options.appSecret) {
    return badParameter('Error validating client secret.', 'client_id and client_secret are not of this app.');
  }
  return hasText(token) && app.userTokens.has(token) ? undefined : refusal('tokenInvalid');
}

/** The app itself may look at a token, and whoever has a good one. */
function inspectorProblem(world: World, request: FastifyRequest): Refusal | undefined {
  if (!appAccessProblem(world, request)) return undefined;
  const token = tokenOf(request, parametersOf(request));
  if (token !== undefined && world.app.userTokens.has(token)) return undefined;
  return tokenAccessOf(world, request, parametersOf(request)).problem;
}

function inspected({ options, pages, app }: World, token: string): JsonRecord {
  const known = { app_id: options.appId, application: 'Bot', expires_at: 0, data_access_expires_at: 0 };
  if (app.userTokens.has(token)) return { ...known, type: 'USER', is_valid: true, scopes: SCOPES };
  const state = pages.byToken(token);
  if (state?.status === 'valid') {
    return { ...known, type: 'PAGE', is_valid: true, profile_id: state.page.id, scopes: SCOPES };
  }
  const kind = !state ? 'tokenInvalid' : state.status === 'expired' ? 'tokenExpired' : 'tokenReplaced';
  return { is_valid: false, scopes: [], error: errorBody(refusal(kind))['error'] };
}
