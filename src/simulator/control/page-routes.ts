import type { FastifyInstance, FastifyReply } from 'fastify';
import { pictureOf } from '../state/profile.ts';
import type { World } from '../state/simulator-state.ts';
import { pageFiles } from './page-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  map: 'application/json',
  svg: 'image/svg+xml',
};

/** Nothing from anywhere else: no scripts, fonts or frames; only what a bot sends as a picture, video or sound. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' https: http:",
  "media-src 'self' https: http:",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page under `/`, its files under `/page`, and people's profile pictures. */
export function pageRoutes(app: FastifyInstance, world: World): void {
  const files = pageFiles('simulator');

  app.get('/', async (_, reply) => {
    const html = await files.index();
    reply.header('content-security-policy', POLICY).header('referrer-policy', 'no-referrer');
    return send(reply, 'text/html; charset=utf-8', html.replace('<base href="/" />', `<base href="${app.prefix}/" />`));
  });

  app.get<{ Params: { file: string } }>('/page/:file', async (request, reply) => {
    const { file } = request.params;
    const type = TYPES[/^[a-z]+(?:\.[a-z]+)?\.(css|js|map|svg)$/.exec(file)?.[1] ?? ''];
    const content = type && (await files.find(file));
    return content ? send(reply, type, content) : reply.code(404).send({ error: `There is no ${file}.` });
  });

  app.get<{ Params: { psid: string } }>('/pictures/:psid.svg', (request, reply) => {
    return send(reply, 'image/svg+xml', pictureOf(world.people.get(request.params.psid)));
  });
}

function send(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(content);
}
