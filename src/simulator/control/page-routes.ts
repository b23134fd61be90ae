import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SimulatorState } from '../simulator-state.ts';
import type { Person } from '../state/people.ts';
import { pageFiles } from './page-files.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  map: 'application/json',
  svg: 'image/svg+xml',
};

/** Nothing from anywhere else: no scripts, fonts or frames; only what a bot sends as a picture, video or sound. */
const CONTENT_SECURITY_POLICY = [
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
export function pageRoutes(app: FastifyInstance, state: SimulatorState): void {
  const files = pageFiles('simulator');

  app.get('/', async (_, reply) => {
    const html = await files.index();
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY).header('referrer-policy', 'no-referrer');
    return sendFile(
      reply,
      'text/html; charset=utf-8',
      html.replace('<base href="/" />', `<base href="${app.prefix}/" />`),
    );
  });

  app.get<{ Params: { file: string } }>('/page/:file', async (request, reply) => {
    const { file } = request.params;
    const type = CONTENT_TYPES[/^[a-z]+(?:\.[a-z]+)?\.(css|js|map|svg)$/.exec(file)?.[1] ?? ''];
    const content = type && (await files.find(file));
    return content ? sendFile(reply, type, content) : reply.code(404).send({ error: `There is no ${file}.` });
  });

  app.get<{ Params: { psid: string } }>('/pictures/:psid.svg', (request, reply) => {
    return sendFile(reply, 'image/svg+xml', drawProfilePicture(state.people.get(request.params.psid)));
  });
}

function sendFile(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(content);
}

/** An SVG with a person's initials on a colour that stays the same. */
function drawProfilePicture({ psid, firstName, lastName }: Person): string {
  const hue = (Number(psid.slice(-6)) * 47) % 360;
  const initials = [firstName, lastName].map((name) => /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '').join('');
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">',
    `<rect width="80" height="80" fill="hsl(${hue} 52% 46%)"/>`,
    '<text x="40" y="41" fill="#fff" font-family="system-ui,sans-serif" font-size="32" font-weight="600"',
    ` text-anchor="middle" dominant-baseline="central">${initials.toUpperCase()}</text></svg>`,
  ].join('');
}
