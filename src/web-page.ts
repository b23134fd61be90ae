/** Web pages of `web/`, served by the listener that they belong to. */

import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The files of a web page: index.html, page.js, page.css and what they refer to. */
interface PageFiles {
  /** `index.html`, as the page is now. */
  index(): Promise<string>;
  /** A file that the index refers to; `undefined`: there is none of this name. */
  find(name: string): Promise<Buffer | undefined>;
}

/** The files of a page by name. */
type BuiltPage = ReadonlyMap<string, Buffer>;

/** A published package has its pages built, in dist/web. */
const BUILT = new URL('./web/', import.meta.url);
const isSource = import.meta.url.endsWith('.ts');
const BUILDER = new URL('../scripts/build-web.mjs', import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  map: 'application/json',
  svg: 'image/svg+xml',
};

/** Nothing from anywhere else: no scripts, fonts or frames; only what people and bots send as a picture, video or sound. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: https: http:",
  "media-src 'self' https: http:",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page of that folder of `web/` under `/`, and its files under `/page`. */
export function webPageRoutes(app: FastifyInstance, page: string): void {
  const files = pageFiles(page);

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
}

/** Sends a file that a browser asks for anew at each visit. */
export function sendFile(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(content);
}

/** Where a page's files are: in the package, or in memory when everthread runs from its sources. */
function pageFiles(page: string): PageFiles {
  return isSource ? sourceFiles(page) : builtFiles(page);
}

/** Loads the builder ahead of the first visit, which then takes 200 ms less; does nothing in a published package. */
export async function warmUpPageBuild(page: string): Promise<void> {
  // A page that cannot be built says so when it is visited.
  if (isSource) await build(page).catch(() => undefined);
}

function builtFiles(page: string): PageFiles {
  const folder = new URL(`${page}/`, BUILT);
  return {
    index: () => readFile(new URL('index.html', folder), 'utf8'),
    find: (name) => readFile(new URL(name, folder)).catch(() => undefined),
  };
}

/** Builds the page for every visit, which takes 50 ms: a reload shows what was changed. */
function sourceFiles(page: string): PageFiles {
  let latest: Promise<BuiltPage> | undefined;
  return {
    async index() {
      latest = build(page);
      return String((await latest).get('index.html'));
    },
    find: async (name) => (await (latest ??= build(page))).get(name),
  };
}

async function build(page: string): Promise<BuiltPage> {
  const builder = (await import(BUILDER.href)) as { buildPage(page: string): Promise<BuiltPage> };
  return builder.buildPage(page);
}
