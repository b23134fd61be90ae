import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../start-error.ts';

/** A port that is wanted. */
export interface PortChoice {
  readonly port: number;
  /** A port set by the user is used or refused; a default one may be replaced. */
  readonly isSetByHand: boolean;
  /** The name of its setting, for the message: `PORT`, `--ui-port`. */
  readonly setting: string;
  /** Default: 127.0.0.1. */
  readonly host?: string;
}

/** The port to listen on: the wanted one, or a free one when that is a default and taken. */
export async function choosePort({ port, isSetByHand, setting, host = '127.0.0.1' }: PortChoice): Promise<number> {
  if (await isFree(port, host)) return port;
  if (!isSetByHand) return freePort(host);
  throw new StartError(
    'port_taken',
    `${setting} is ${port}, and something on this machine already listens there. ` +
      `Stop it, or set ${setting} to another port.`,
  );
}

/** Below those that systems give to outgoing connections (Linux from 32768, others from 49152). */
const [MIN_PORT, MAX_PORT] = [20_000, 32_000] as const;
const MAX_TRIES = 100;

/**
 * A port on which nothing listens at present. Not one of the system's choice, which may give the same port to a connection
 * or to another process before we listen on it.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = randomInt(MIN_PORT, MAX_PORT);
    if (await isFree(port, host)) return port;
  }
  throw new StartError(
    'port_taken',
    `Of ${MAX_TRIES} ports from ${MIN_PORT} to ${MAX_PORT} on ${host} none is free. Is that an address of this machine?`,
  );
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** A process that listens on this port holds the lock; nothing else uses the port. */
const LOCK_PORT = 7232;
const MAX_LOCK_WAIT_MS = 20_000;

/**
 * Acquires the lock under which the processes of this machine choose ports, and returns what releases it: a port counts
 * as free until something listens on it, which takes Temporal a while. The lock ends with its process; after 20 s this
 * one goes on without it.
 */
export async function lockPortChoice(): Promise<() => void> {
  const giveUpAt = Date.now() + MAX_LOCK_WAIT_MS;
  while (Date.now() < giveUpAt) {
    const lock = await listenOn(LOCK_PORT);
    if (lock) return () => void lock.close();
    await delay(50);
  }
  return () => {};
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
