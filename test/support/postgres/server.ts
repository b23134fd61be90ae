import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { recordTail } from '../../../src/temporal/server/processes.ts';
import { guardAgainstKill } from '../cleanup-guard.ts';
import { idOf } from '../on-this-machine.ts';

/** A PostgreSQL server of the test run. */
export interface PostgresServer {
  /** The database `postgres`; tests create their own with `createDatabase`. */
  readonly url: string;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Stops the server without removing its data; `start` starts it at the same address. */
  halt(): Promise<void>;
  /** Ends the server as a crash does: it recovers from its log when it starts. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 60_000;

/** Starts PostgreSQL in a temporary folder, on loopback only, with fsync as in production. */
export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'everthread-postgres-'));
  const owner = unprivilegedUser();
  if (owner) await chown(folder, owner.uid, owner.gid);

  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await finished(spawn(join(binaries, 'initdb'), init, { cwd: folder, ...owner }));

  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = ['-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=200'];
  let pid = 0;
  let end: (signal: 'SIGINT' | 'SIGQUIT') => Promise<void> = async () => {};

  const start = async (): Promise<void> => {
    const server = spawn(join(binaries, 'postgres'), ['-D', data, ...settings], {
      cwd: folder,
      detached: true,
      ...owner,
    });
    pid = server.pid ?? 0;
    const lastLines = recordTail(server.stdout, server.stderr);
    const exited = once(server, 'close');
    const dismissGuard = guardAgainstKill(server.pid!, folder);
    end = async (signal) => {
      server.kill(signal);
      await exited;
      dismissGuard();
      end = async () => {};
    };
    try {
      await untilAccepts(url, server);
    } catch (cause) {
      await stop();
      throw new Error(`PostgreSQL in ${binaries} did not start. Its last words:\n${lastLines()}`, { cause });
    }
  };
  /** "Fast": connections are cut, nothing is lost. */
  const halt = () => end('SIGINT');
  const stop = async (): Promise<void> => {
    await halt();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return {
    url,
    get pid() {
      return pid;
    },
    start,
    halt,
    /** "Immediate". */
    crash: () => end('SIGQUIT'),
    stop,
  };
}

async function untilAccepts(url: string, server: ChildProcess): Promise<void> {
  const until = Date.now() + START_WITHIN_MS;
  for (;;) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (server.exitCode !== null || Date.now() > until) throw error;
      await delay(50);
    }
  }
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf('-u', user), idOf('-g', user)];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" here to run it as.');
}

async function finished(child: ReturnType<typeof spawn>): Promise<void> {
  const lastLines = child.stdout && child.stderr ? recordTail(child.stdout, child.stderr) : () => '';
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb failed with exit code ${String(code)}:\n${lastLines()}`);
}
