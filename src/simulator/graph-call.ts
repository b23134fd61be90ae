import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JsonRecord } from './json.ts';
import { hasText, isRecord } from './json.ts';
import { errorBody, refusal } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import type { World } from './world.ts';

/** `/v25.0/{page id, me, or a PSID}/…` */
export interface Path {
  readonly version: string;
  readonly node: string;
}

export function refuse(reply: FastifyReply, problem: Refusal): FastifyReply {
  return reply.code(problem.httpStatus).send(errorBody(problem));
}

/** What speaks against a call before anybody looks at what it wants: version, token, Page. */
export function accessProblem(
  world: World,
  request: FastifyRequest,
  body: JsonRecord,
  psid?: string,
): Refusal | undefined {
  const { version, node } = request.params as Path;
  if (!/^v\d+\.\d+$/.test(version)) return refusal('pathUnknown');
  if (tokenOf(request, body) !== world.options.accessToken) return refusal('tokenInvalid');
  return psid === undefined && !isThisPage(world, node) ? refusal('pageUnknown') : undefined;
}

export function isThisPage(world: World, node: string): boolean {
  return node === 'me' || node === world.options.pageId;
}

function tokenOf(request: FastifyRequest, body: JsonRecord): unknown {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? queryOf(request)['access_token'] ?? body['access_token'];
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
