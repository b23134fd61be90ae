/**
 * Builds the web pages: each folder of web/ with an index.html becomes page.js and page.css beside its other files.
 * `node scripts/build-web.mjs <folder>` writes them there, one folder a page. Running from sources, the server builds a
 * page by itself (src/web-page.ts).
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const web = join(root, 'web');
/** Licenses of packages that ask for their notice in every copy, by page. */
const NOTICES = { desk: ['preact', 'openapi-fetch', 'uplot'], simulator: ['preact'] };

/** The files of one page by name: index.html and icon.svg as they are, page.js, page.css and their source maps. */
export async function buildPage(name) {
  const folder = join(web, name);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: join(folder, 'main.tsx'), out: 'page' },
      { in: join(folder, 'styles', 'index.css'), out: 'page' },
    ],
    outdir: join(web, 'dist'),
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    sourcemap: true,
    banner: { js: `/*!\n${noticesOf(name)}\n*/` },
    logLevel: 'silent',
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
  for (const asset of ['index.html', 'icon.svg']) files.set(asset, readFileSync(join(folder, asset)));
  return files;
}

function noticesOf(name) {
  const texts = NOTICES[name].map((used) => readFileSync(join(root, 'node_modules', used, 'LICENSE'), 'utf8').trim());
  return texts.join('\n\n');
}

/** Builds every page into a folder of its own below `target`. */
export async function buildWeb(target) {
  const pages = readdirSync(web, { recursive: true }).filter((path) => basename(path) === 'index.html');
  for (const page of pages.map(dirname)) {
    mkdirSync(join(target, page), { recursive: true });
    for (const [file, content] of await buildPage(page)) writeFileSync(join(target, page, file), content);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWeb(resolve(process.argv[2] ?? 'dist/web'));
