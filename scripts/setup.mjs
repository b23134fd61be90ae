#!/usr/bin/env node
/**
 * The entry point in a fresh clone: installs missing libraries, then runs everthread from its sources.
 *
 *   node scripts/setup.mjs <everthread command …>
 *   node scripts/setup.mjs --test [vitest arguments …]
 *
 * Plain Node without dependencies: when it starts, nothing may be installed yet.
 */

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

const MIN_NODE = [20, 19];
const root = new URL('../', import.meta.url);
/** A module hook: `import 'everthread'` in a bot file resolves to the sources instead of a build. */
const RESOLVE_TO_SOURCES = `export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: ['everthread-source', ...context.conditions] });`;

checkNode();
if (!isInstalled()) install();
const [first, ...rest] = process.argv.slice(2);
if (first === '--test') runTests(rest);
else await runEverthread();

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [minMajor, minMinor] = MIN_NODE;
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return;
  stop(
    `everthread needs Node ${MIN_NODE.join('.')} or newer, and this is ${process.versions.node}. See https://nodejs.org.`,
  );
}

/** True when node_modules has the versions of package-lock.json; npm lists what it has installed in a lock file of its own. */
function isInstalled() {
  const installed = packagesIn('node_modules/.package-lock.json');
  if (!installed) return false;
  const wanted = Object.entries(packagesIn('package-lock.json') ?? {}).filter(([path]) => path !== '');
  return wanted.every(([path, { version, optional, devOptional }]) => {
    // npm omits optional packages, such as builds for other systems.
    return installed[path] ? installed[path].version === version : optional || devOptional;
  });
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(new URL(lockFile, root), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.error('Installing the libraries of package-lock.json (npm ci), which takes a minute …');
  const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };
  const { status, error } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], options);
  if (status === 0) return;
  const reason = error ? `npm could not be started: ${error.message}` : 'npm ci failed, see above';
  stop(`The libraries could not be installed (${reason}). Check the network and run this again.`);
}

/** In this process, so that Ctrl-C reaches one process only. */
async function runEverthread() {
  const { register: registerTsx } = await import('tsx/esm/api');
  registerTsx();
  register(`data:text/javascript,${encodeURIComponent(RESOLVE_TO_SOURCES)}`);

  const main = new URL('src/cli/main.ts', root);
  process.argv.splice(1, 1, fileURLToPath(main));
  await import(main.href);
}

/** The servers and the browser that tests need are found or installed by vitest's global set-up. */
function runTests(args) {
  const vitest = fileURLToPath(new URL('node_modules/vitest/vitest.mjs', root));
  const child = spawn(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches vitest too: it stops its servers, and we wait for that.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code) => process.exit(code ?? 1));
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
