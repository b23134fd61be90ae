import type { FastifyReply, FastifyRequest } from 'fastify';
import { type JsonObject, isObject } from '../../messenger/check/json.ts';
import { hasText } from '../json.ts';
import type { GraphCall } from '../rules/rates.ts';
import { errorBody, toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { SimulatedPage } from '../state/pages.ts';
import { proofProblem } from './app-secret-proof.ts';

/** The path parameters of `/v25.0/{page id, me, or a PSID}/…`. */
export interface GraphPath {
  readonly version: string;
  readonly node: string;
}

/** The Page whose token a call carries, or Meta's refusal of the call. */
export type GraphAccess =
  | { readonly page: SimulatedPage; readonly problem?: undefined }
  | { readonly page?: undefined; readonly problem: Refusal };

/** Answers with Meta's error. */
export function refuse(reply: FastifyReply, problem: Refusal): FastifyReply {
  return reply.code(problem.httpStatus).send(errorBody(problem));
}

/** Checks what all calls have in common: version, token, Page and rate limits. */
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

/** The same for an address without a Page, which has no rate limit. */
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

/** True for `v25.0` and the like. */
export function isVersion(version: string): boolean {
  return /^v\d+\.\d+$/.test(version);
}

/** Whether the path names this Page, by its id or as `me`. */
export function isThisPage({ id }: SimulatedPage, node: string): boolean {
  return node === 'me' || node === id;
}

/** The token of a call: from its header, its query or its body. */
export function accessTokenOf(request: FastifyRequest, body: JsonObject): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? requestQueryOf(request)['access_token'] ?? body['access_token'];
  return hasText(token) ? token : undefined;
}

/** The query of a call. */
export function requestQueryOf(request: FastifyRequest): JsonObject {
  return isObject(request.query) ? request.query : {};
}

/** The body of a call: JSON, or a form with JSON values; the Graph API accepts both. */
export function requestBodyOf(request: FastifyRequest): JsonObject {
  if (!isObject(request.body)) return {};
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return request.body;
  return parseFormValues(request.body);
}

/** The parameters of a call from its body and its query; the body takes precedence. */
export function requestParametersOf(request: FastifyRequest): JsonObject {
  return { ...parseFormValues(requestQueryOf(request)), ...requestBodyOf(request) };
}

/** The parameters without tokens. */
export function withoutCredentials({ access_token: _, appsecret_proof: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** Parses those form values that are JSON objects. */
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
