/**
 * `npm run build`: compiles src/ to dist/, copies the other files, makes the command executable, and builds the web
 * pages into dist/web.
 * `node scripts/build.mjs <folder> <options of tsc …>` builds elsewhere; with `--noCheck` in a third of the time.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildWeb } from './build-web.mjs';

const root = join(import.meta.dirname, '..');
const [folder = 'dist', ...options] = process.argv.slice(2);
const dist = resolve(root, folder);

rmSync(dist, { recursive: true, force: true });
compile();
cpSync(join(root, 'src'), dist, { recursive: true, filter: isAsset });
makeRunnable(join(dist, 'cli', 'main.js'));
await buildWeb(join(dist, 'web'));

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', dist, ...options];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** True for files that the compiler does not write, hand-written declarations included. */
function isAsset(path) {
  return statSync(path).isDirectory() || !path.endsWith('.ts') || path.endsWith('.d.ts');
}

function makeRunnable(bin) {
  if (!existsSync(bin))
    fail(`${bin} is missing. It is compiled from src/cli/main.ts, which package.json calls the bin.`);
  if (!readFileSync(bin, 'utf8').startsWith('#!')) fail(`${bin} has no #! line. Begin src/cli/main.ts with one.`);
  chmodSync(bin, 0o755);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
