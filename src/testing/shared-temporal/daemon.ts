/**
 * A process that runs one Temporal server for all tests of a project. Each test process stays connected to it, and its
 * connection ends with it however it ends; `lingerMs` after the last connection the server is stopped.
 *
 *     node daemon.js '{ "cli": …, "recordFile": …, "lingerMs": … }'
 */

import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { startEmbeddedTemporal } from '../../temporal/server/embedded-temporal.ts';
import { freePort } from '../../temporal/server/free-port.ts';
import { removeSharedServer, writeSharedServer, type DaemonOptions } from './server-record.ts';

/** The process that started the daemon may be killed before it connects. */
const MIN_FIRST_WAIT_MS = 30_000;

const { cli, recordFile, lingerMs } = JSON.parse(process.argv[2] ?? '{}') as DaemonOptions;
const secret = randomBytes(16).toString('hex');
const clients = new Set<Socket>();

const temporal = await startEmbeddedTemporal({
  cli,
  port: await freePort(),
  log: (line) => void process.stderr.write(`${line}\n`),
});

const server = createServer((socket) => {
  clearTimeout(exitTimer);
  clients.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => {
    clients.delete(socket);
    if (clients.size === 0) exitTimer = setTimeout(exit, lingerMs);
  });
  socket.resume();
  socket.write(`${secret}\n`);
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port: daemonPort } = server.address() as AddressInfo;
writeSharedServer(recordFile, {
  daemonPid: process.pid,
  daemonPort,
  secret,
  address: temporal.address,
  serverPid: temporal.pid,
});

let exitTimer: NodeJS.Timeout | undefined = setTimeout(exit, Math.max(lingerMs, MIN_FIRST_WAIT_MS));
process.once('SIGTERM', exit);
process.once('SIGINT', exit);
void temporal.exited.then(exit);

let isExiting = false;

function exit(): void {
  if (isExiting) return;
  isExiting = true;
  // First, so that no new client connects to a server that is stopping.
  removeSharedServer(recordFile, process.pid);
  server.close();
  void temporal.stop().finally(() => process.exit(0));
}
