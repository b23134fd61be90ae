import { type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

/** True on Debian or Ubuntu, as root or with sudo that needs no password. */
export function canInstallPackages(): boolean {
  if (!existsSync('/etc/debian_version')) return false;
  return isRoot() || spawnSync('sudo', ['-n', 'true']).status === 0;
}

/** Runs `before`, installs the package, runs `after`: shell commands, as root. Prints apt's output. */
export async function installPackage(name: string, { before = ':', after = ':' } = {}): Promise<boolean> {
  const script = [
    `export DEBIAN_FRONTEND=noninteractive`,
    before,
    `apt-get update -q && apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 ${name}`,
    'status=$?',
    after,
    'exit $status',
  ].join('\n');
  process.stderr.write(`Installing the Debian package ${name}, which the tests need …\n`);
  const stdio: StdioOptions = ['ignore', process.stderr, process.stderr];
  const child = isRoot()
    ? spawn('sh', ['-c', script], { stdio })
    : spawn('sudo', ['-n', 'sh', '-c', script], { stdio });
  const [code] = await once(child, 'close');
  return code === 0;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
