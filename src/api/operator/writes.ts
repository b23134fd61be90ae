/**
 * The one place through which every write of an operator goes: it is in the operator log before it happens, and with an
 * `Idempotency-Key` it happens once, however often it is sent.
 */

import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { hashJson } from '../../hash-json.ts';
import type { OperatorLog, OperatorWrite, StoredAnswer, WriteStart } from '../../store/operators/operator-log.ts';
import { callerOf } from './access/caller.ts';
import { isSafe } from './access/guard.ts';
import { Problem } from './problem.ts';

/** The longest idempotency key. */
const MAX_KEY_CHARS = 255;
/** Larger answers are not stored: the request then runs again. */
const MAX_ANSWER_CHARS = 65_536;

interface OpenWrite {
  readonly logId: number;
  readonly write: OperatorWrite;
}

/** Adds the hooks to the routes that follow. */
export function logWrites(app: FastifyInstance, operatorLog: OperatorLog): void {
  const open = new WeakMap<FastifyRequest, OpenWrite>();

  app.addHook('preHandler', async function beginWrite(request, reply) {
    if (isSafe(request) || request.routeOptions.config.isNoWrite) return;
    const write = toWrite(request);
    const start = await operatorLog.begin(write);
    if (start.status === 'new') open.set(request, { logId: start.logId, write });
    else if (start.status === 'answered') return repeat(reply, start.answer);
    // Its process may have died, or the click came twice: what is asked for is recognised where it is carried out.
    else if (start.status === 'in_progress' && request.routeOptions.config.isRepeatable) return;
    else throw new Problem(REFUSALS[start.status], start.status === 'in_progress' ? { retryAfterS: 1 } : {});
  });

  // Before the answer goes out: who has it can rely on the key.
  app.addHook('onSend', async function endWrite(request, reply, payload) {
    const begun = open.get(request);
    if (!begun) return payload;
    open.delete(request);
    await operatorLog.end(begun.logId, begun.write, reply.statusCode, answerToStore(request, reply, payload));
    return payload;
  });
}

const REFUSALS = {
  in_progress: 'request_in_progress',
  other_request: 'idempotency_key_reused',
  too_many_keys: 'too_many_idempotency_keys',
} as const satisfies Readonly<Record<Exclude<WriteStart['status'], 'new' | 'answered'>, Problem['code']>>;

function toWrite(request: FastifyRequest): OperatorWrite {
  const { operator, interface: way } = callerOf(request);
  const { id } = request.params as { readonly id?: unknown };
  const key = keyOf(request);
  return {
    operator: operator.name,
    interface: way,
    action: request.routeOptions.schema?.operationId ?? '',
    conversation: typeof id === 'string' && conversationParts(id) ? (id as ConversationId) : undefined,
    at: Date.now(),
    key: key === undefined ? undefined : { text: key, requestHash: hashOf(request) },
    ...(request.routeOptions.config.isRepeatable && { requestKey: requestKeyOf(request) }),
  };
}

const requestKeys = new WeakMap<FastifyRequest, string>();

/**
 * Names the request to the workflow, the same when it is repeated with its idempotency key; a request without one is never
 * the same again. Two operators may choose the same key.
 */
export function requestKeyOf(request: FastifyRequest): string {
  const named = requestKeys.get(request) ?? nameRequest(request);
  requestKeys.set(request, named);
  return named;
}

function nameRequest(request: FastifyRequest): string {
  const key = keyOf(request);
  if (key === undefined) return randomUUID();
  const { operator } = callerOf(request);
  return hashJson(operator.name, request.url, key).slice(0, 40);
}

/** The idempotency key of a request, or `undefined`. Two operators may choose the same. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length <= MAX_KEY_CHARS && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new Problem('request_invalid', {
    errors: [{ field: 'header.idempotency-key', message: `Take 1 to ${MAX_KEY_CHARS} visible ASCII characters.` }],
  });
}

function hashOf({ method, url, headers, body, routeOptions }: FastifyRequest): string {
  if (!Buffer.isBuffer(body)) return hashJson(method, url, withoutFields(body, routeOptions.config.secretFields));
  return createHash('sha256')
    .update(JSON.stringify([method, url, headers['content-type'] ?? '']))
    .update(body)
    .digest('hex');
}

/** A hash of a password that was computed fast would be guessed fast. */
function withoutFields(body: unknown, fields: readonly string[] = []): unknown {
  if (fields.length === 0 || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([field]) => !fields.includes(field)));
}

/** Only an answer that would be the same again: after a failure of ours the request may run again. */
function answerToStore(request: FastifyRequest, reply: FastifyReply, payload: unknown): StoredAnswer | undefined {
  const { statusCode: status } = reply;
  const { answersSecret, tellsOnce } = request.routeOptions.config;
  if (answersSecret) return undefined;
  const body = payload === undefined || payload === null ? '' : payload;
  // 202: what becomes of it is to be asked again.
  if (status >= 500 || status === 202 || typeof body !== 'string' || body.length > MAX_ANSWER_CHARS) return undefined;
  const stored = tellsOnce === undefined || status >= 400 ? body : withoutField(body, tellsOnce);
  return { status, contentType: String(reply.getHeader('content-type') ?? ''), body: stored };
}

function withoutField(json: string, field: string): string {
  return JSON.stringify({ ...(JSON.parse(json) as object), [field]: null });
}

function repeat(reply: FastifyReply, { status, contentType, body }: StoredAnswer): FastifyReply {
  if (contentType !== '') reply.type(contentType);
  return reply.code(status).header('idempotency-replayed', 'true').send(body);
}
