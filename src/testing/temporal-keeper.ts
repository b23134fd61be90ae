/**
 * A process of its own that runs one Temporal for all tests of a project. Each process that tests holds a connection to
 * it, which ends with that process however it ends; a while after the last one, the server is stopped.
 *
 *     node temporal-keeper.js '{ "cli": …, "recordFile": …, "lingerMs": … }'
 */

import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { startEmbeddedTemporal } from '../temporal/server/embedded-temporal.ts';
import { freePort } from '../temporal/server/free-port.ts';
import { removeRecord, writeRecord, type KeeperOrder } from './temporal-record.ts';

const { cli, recordFile, lingerMs } = JSON.parse(process.argv[2] ?? '{}') as KeeperOrder;
const secret = randomBytes(16).toString('hex');
const holders = new Set<Socket>();

const temporal = await startEmbeddedTemporal({
  cli,
  port: await freePort(),
  log: (line) => void process.stderr.write(`${line}\n`),
});

const door = createServer((socket) => {
  clearTimeout(leaving);
  holders.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => {
    holders.delete(socket);
    if (holders.size === 0) leaving = setTimeout(leave, lingerMs);
  });
  socket.resume();
  socket.write(`${secret}\n`);
});
await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening));
const { port: doorPort } = door.address() as AddressInfo;
writeRecord(recordFile, {
  keeperPid: process.pid,
  doorPort,
  secret,
  address: temporal.address,
  serverPid: temporal.pid,
});

// Whoever started it may have been killed before coming in.
let leaving: NodeJS.Timeout | undefined = setTimeout(leave, Math.max(lingerMs, 30_000));
process.once('SIGTERM', leave);
process.once('SIGINT', leave);
void temporal.exited.then(leave);

let isLeaving = false;

function leave(): void {
  if (isLeaving) return;
  isLeaving = true;
  // First, so that nobody new comes to a server that is going.
  removeRecord(recordFile, process.pid);
  door.close();
  void temporal.stop().finally(() => process.exit(0));
}
