import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Answers with one line of text that no browser renders as a page. */
export function replyPlainText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(text);
}

/** The standard phrase of a status; repeats nothing of the request. */
export function statusText(status: number): string {
  return (STATUS_CODES[status] ?? 'refused').toLowerCase();
}

/** Answers 503, after which Meta delivers the webhook again. */
export function replyRetryLater(reply: FastifyReply, text: string): FastifyReply {
  return replyPlainText(reply.header('retry-after', '1'), 503, text);
}
