import { readFile } from 'node:fs/promises';

/** The files of a web page: index.html, page.js, page.css and what they refer to. */
export interface PageFiles {
  /** `index.html`, as the page is now. */
  index(): Promise<string>;
  /** A file that the index refers to; `undefined`: there is none of this name. */
  find(name: string): Promise<Buffer | undefined>;
}

/** The files of a page by name. */
type BuiltPage = ReadonlyMap<string, Buffer>;

/** A published package has its pages built, in dist/web. */
const BUILT = new URL('../../web/', import.meta.url);
const isSource = import.meta.url.endsWith('.ts');
const BUILDER = new URL('../../../scripts/build-web.mjs', import.meta.url);

/** Where a page's files are: in the package, or in memory when everthread runs from its sources. */
export function pageFiles(page: string): PageFiles {
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
