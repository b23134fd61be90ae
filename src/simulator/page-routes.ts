import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { pictureOf } from './profile.ts';
import type { World } from './world.ts';

/** Served as they were written; no build step. */
const FOLDER = new URL('page/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'page.js': 'text/javascript; charset=utf-8',
  'server.js': 'text/javascript; charset=utf-8',
  'dom.js': 'text/javascript; charset=utf-8',
  'times.js': 'text/javascript; charset=utf-8',
  'people.js': 'text/javascript; charset=utf-8',
  'chat.js': 'text/javascript; charset=utf-8',
  'happenings.js': 'text/javascript; charset=utf-8',
};

/** Nothing from anywhere else: no scripts, fonts, pictures or frames. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function pageRoutes(app: FastifyInstance, world: World): void {
  app.get('/', async (_, reply) => {
    const html = await readFile(new URL('index.html', FOLDER), 'utf8');
    reply.header('content-security-policy', POLICY).header('referrer-policy', 'no-referrer');
    return send(reply, 'text/html; charset=utf-8', html.replace('<base href="/" />', `<base href="${app.prefix}/" />`));
  });

  app.get<{ Params: { file: string } }>('/page/:file', async (request, reply) => {
    const type = TYPES[request.params.file];
    if (!type) return reply.code(404).send({ error: `There is no ${request.params.file}.` });
    return send(reply, type, await readFile(new URL(request.params.file, FOLDER)));
  });

  app.get<{ Params: { psid: string } }>('/pictures/:psid.svg', (request, reply) => {
    return send(reply, 'image/svg+xml', pictureOf(world.people.get(request.params.psid)));
  });
}

function send(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(content);
}
