import type { FastifyReply, FastifyRequest } from 'fastify';
import { type JsonRecord, hasText, isRecord } from '../json.ts';
import type { Call } from '../rules/rates.ts';
import { errorBody, refusal, type Refusal } from '../rules/refusals.ts';
import type { Page } from '../state/pages.ts';
import type { World } from '../state/simulator-state.ts';
import { proofProblem } from './secret-proof.ts';

/** `/v25.0/{page id, me, or a PSID}/…` */
export interface Path {
  readonly version: string;
  readonly node: string;
}

/** Who calls: the Page whose token it is, or what speaks against the call. */
export type Access =
  | { readonly page: Page; readonly problem?: undefined }
  | { readonly page?: undefined; readonly problem: Refusal };

export function refuse(reply: FastifyReply, problem: Refusal): FastifyReply {
  return reply.code(problem.httpStatus).send(errorBody(problem));
}

/** Looks at a call before anybody looks at what it wants: version, token, Page, and how many there were. */
export function accessOf(world: World, request: FastifyRequest, body: JsonRecord, call: Call = 'other'): Access {
  const access = tokenAccessOf(world, request, body);
  if (access.problem) return access;
  if (!isThisPage(access.page, (request.params as Path).node)) return { problem: refusal('pageUnknown') };
  const problem = world.rates.take(access.page.id, call);
  return problem ? { problem } : access;
}

/** The same for an address that names no Page. */
export function tokenAccessOf(world: World, request: FastifyRequest, body: JsonRecord): Access {
  if (!isVersion((request.params as Path).version)) return { problem: refusal('pathUnknown') };
  const token = tokenOf(request, body);
  const state = token === undefined ? undefined : world.pages.byToken(token);
  if (token === undefined || !state) return { problem: refusal('tokenInvalid') };
  if (state.status !== 'valid') {
    return { problem: refusal(state.status === 'expired' ? 'tokenExpired' : 'tokenReplaced') };
  }
  const problem = proofProblem(world.options, token, { ...body, ...queryOf(request) });
  return problem ? { problem } : { page: state.page };
}

export function isVersion(version: string): boolean {
  return /^v\d+\.\d+$/.test(version);
}

export function isThisPage({ id }: Page, node: string): boolean {
  return node === 'me' || node === id;
}

export function tokenOf(request: FastifyRequest, body: JsonRecord): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? queryOf(request)['access_token'] ?? body['access_token'];
  return hasText(token) ? token : undefined;
}

export function queryOf(request: FastifyRequest): JsonRecord {
  return isRecord(request.query) ? request.query : {};
}

/** JSON, or a form whose values are JSON where they are not plain text, as the Graph API takes both. */
export function bodyOf(request: FastifyRequest): JsonRecord {
  if (!isRecord(request.body)) return {};
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return request.body;
  return unpacked(request.body);
}

/** Parameters stand in the body or in the address; the body wins. */
export function parametersOf(request: FastifyRequest): JsonRecord {
  return { ...unpacked(queryOf(request)), ...bodyOf(request) };
}

/** What was asked, without what only says who asks. */
export function withoutCredentials({ access_token: _, appsecret_proof: __, ...rest }: JsonRecord): JsonRecord {
  return rest;
}

/** Form values are JSON where they are not plain text. */
export function unpacked(form: JsonRecord): JsonRecord {
  const value = (text: unknown): unknown => (hasText(text) && text.startsWith('{') ? parsed(text) : text);
  return Object.fromEntries(Object.entries(form).map(([key, text]) => [key, value(text)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
