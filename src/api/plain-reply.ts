import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Answers with one line of text that nobody takes for a page. */
export function plain(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(text);
}

/** What a status means, in words that repeat nothing of what was sent. */
export function refusal(status: number): string {
  return (STATUS_CODES[status] ?? 'refused').toLowerCase();
}
