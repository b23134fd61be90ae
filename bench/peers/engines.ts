/** The servers that the peers stand on, apart from PostgreSQL: Redis and Restate. Each listens on loopback only. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { recordTail } from '../../src/temporal/server/processes.ts';
import { guardAgainstKill } from '../../test/support/cleanup-guard.ts';
import { firstExecutable, onPath } from '../../test/support/on-this-machine.ts';
import { canInstallPackages, installPackage } from '../../test/support/postgres/debian-packages.ts';
import { stopProcess } from '../processes/child-process.ts';

/** A running server. */
export interface Engine {
  readonly pid: number;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** A script that forbids Debian's packages to start their services. */
const POLICY = '/usr/sbin/policy-rc.d';
const WITHOUT_SERVICE = {
  before: `[ -e ${POLICY} ] || { printf '#!/bin/sh\\nexit 101\\n' > ${POLICY}; chmod +x ${POLICY}; ours=1; }`,
  after: `[ -z "$ours" ] || rm -f ${POLICY}; systemctl disable redis-server 2> /dev/null`,
};

/** The path of `redis-server`; installs it where that needs no password. */
export async function ensureRedis(): Promise<string> {
  const find = () =>
    firstExecutable([...onPath('redis-server'), '/opt/homebrew/bin/redis-server', '/usr/local/bin/redis-server']);
  const found = find() ?? (canInstallPackages() && (await installPackage('redis-server', WITHOUT_SERVICE)) && find());
  if (found) return found;
  throw new Error(
    'BullMQ needs Redis, and no redis-server was found on PATH or where Homebrew puts it. ' +
      'Install it: apt-get install redis-server, or brew install redis.',
  );
}

/** `7.0.15` */
export function redisVersion(redis: string): string {
  const output = execFileSync(redis, ['--version'], { encoding: 'utf8' });
  return /v=(\S+)/.exec(output)?.[1] ?? output.trim();
}

/** Redis with an append-only file that is fsynced before each answer. */
export async function startRedis(redis: string, parent: string): Promise<Engine & { readonly url: string }> {
  const folder = join(parent, `redis-${await freePort()}`);
  mkdirSync(folder);
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const engine = await launch({ command: redis, args, isReady: () => accepts(port) });
  return { ...engine, url: `redis://127.0.0.1:${port}` };
}

/** Restate's addresses: where invocations are sent to, and where services are registered. */
export interface RestateServer extends Engine {
  readonly ingressUrl: string;
  readonly adminUrl: string;
}

/** One node with its defaults: every write to its log is fsynced. */
export async function startRestate(libraries: string, parent: string): Promise<RestateServer> {
  const [ingressPort, adminPort, nodePort] = [await freePort(), await freePort(), await freePort()];
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;
  const engine = await launch({
    command: createRequire(join(libraries, 'package.json')).resolve(name),
    args: ['--no-logo', '--node-name=bench', `--base-dir=${join(parent, `restate-${nodePort}`)}`],
    env: {
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(nodePort),
      RESTATE_INGRESS__BIND_PORT: String(ingressPort),
      RESTATE_ADMIN__BIND_PORT: String(adminPort),
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'warn',
      DO_NOT_TRACK: '1',
    },
    isReady: async () =>
      (await isOk(`http://127.0.0.1:${adminPort}/health`)) &&
      (await isOk(`http://127.0.0.1:${ingressPort}/restate/health`)),
  });
  return { ...engine, ingressUrl: `http://127.0.0.1:${ingressPort}`, adminUrl: `http://127.0.0.1:${adminPort}` };
}

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly isReady: () => Promise<boolean>;
}

async function launch({ command, args, env, isReady }: Launch): Promise<Engine> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines = recordTail(child.stdout, child.stderr);
  const dismissGuard = guardAgainstKill(child.pid!);
  const stop = () => stopProcess(child, STOP_WITHIN_MS).then(dismissGuard);
  for (const giveUpAt = Date.now() + START_WITHIN_MS; !(await isReady()); await delay(50)) {
    if (child.exitCode === null && Date.now() < giveUpAt) continue;
    await stop();
    throw new Error(`${command} did not start. Its last lines:\n${lastLines()}`);
  }
  return { pid: child.pid!, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.end(() => resolve(true)));
  });
}

async function isOk(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
