import type { FastifyReply, FastifyRequest } from 'fastify';
import { type JsonObject, isObject } from '../../messenger/check/json.ts';
import { hasText } from '../json.ts';
import type { GraphCall } from '../rules/rates.ts';
import { errorBody, toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { SimulatedPage } from '../state/pages.ts';
import { proofProblem } from './app-secret-proof.ts';

/** `/v25.0/{page id, me, or a PSID}/…` */
export interface GraphPath {
  readonly version: string;
  readonly node: string;
}

/** Who calls: the Page whose token it is, or what speaks against the call. */
export type GraphAccess =
  | { readonly page: SimulatedPage; readonly problem?: undefined }
  | { readonly page?: undefined; readonly problem: Refusal };

export function refuse(reply: FastifyReply, problem: Refusal): FastifyReply {
  return reply.code(problem.httpStatus).send(errorBody(problem));
}

/** Looks at a call before anybody looks at what it wants: version, token, Page, and how many there were. */
export function checkAccess(
  state: SimulatorState,
  request: FastifyRequest,
  body: JsonObject,
  call: GraphCall = 'other',
): GraphAccess {
  const access = checkTokenAccess(state, request, body);
  if (access.problem) return access;
  if (!isThisPage(access.page, (request.params as GraphPath).node)) return { problem: toRefusal('pageUnknown') };
  const problem = state.callCounts.count(access.page.id, call);
  return problem ? { problem } : access;
}

/** The same for an address that names no Page. */
export function checkTokenAccess(state: SimulatorState, request: FastifyRequest, body: JsonObject): GraphAccess {
  if (!isVersion((request.params as GraphPath).version)) return { problem: toRefusal('pathUnknown') };
  const token = accessTokenOf(request, body);
  const tokenState = token === undefined ? undefined : state.pages.findToken(token);
  if (token === undefined || !tokenState) return { problem: toRefusal('tokenInvalid') };
  if (tokenState.status !== 'valid') {
    return { problem: toRefusal(tokenState.status === 'expired' ? 'tokenExpired' : 'tokenReplaced') };
  }
  const problem = proofProblem(state.options, token, { ...body, ...requestQueryOf(request) });
  return problem ? { problem } : { page: tokenState.page };
}

export function isVersion(version: string): boolean {
  return /^v\d+\.\d+$/.test(version);
}

export function isThisPage({ id }: SimulatedPage, node: string): boolean {
  return node === 'me' || node === id;
}

export function accessTokenOf(request: FastifyRequest, body: JsonObject): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? requestQueryOf(request)['access_token'] ?? body['access_token'];
  return hasText(token) ? token : undefined;
}

export function requestQueryOf(request: FastifyRequest): JsonObject {
  return isObject(request.query) ? request.query : {};
}

/** JSON, or a form whose values are JSON where they are not plain text, as the Graph API takes both. */
export function requestBodyOf(request: FastifyRequest): JsonObject {
  if (!isObject(request.body)) return {};
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return request.body;
  return parseFormValues(request.body);
}

/** Parameters stand in the body or in the address; the body wins. */
export function requestParametersOf(request: FastifyRequest): JsonObject {
  return { ...parseFormValues(requestQueryOf(request)), ...requestBodyOf(request) };
}

/** What was asked, without what only says who asks. */
export function withoutCredentials({ access_token: _, appsecret_proof: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** Form values are JSON where they are not plain text. */
export function parseFormValues(form: JsonObject): JsonObject {
  const value = (text: unknown): unknown => (hasText(text) && text.startsWith('{') ? parseIfJson(text) : text);
  return Object.fromEntries(Object.entries(form).map(([key, text]) => [key, value(text)]));
}

function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
