import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TemporalError } from '../temporal-error.ts';

export interface PortChoice {
  readonly port: number;
  /** A port a person has set is taken or refused; a default one may be replaced. */
  readonly isSetByHand: boolean;
  /** How it is set, for the message: `PORT`, `--ui-port`. */
  readonly setting: string;
  readonly host?: string;
}

/** The port to listen on: the one asked for, or a free one when that was only a default and is taken. */
export async function choosePort({ port, isSetByHand, setting, host = '127.0.0.1' }: PortChoice): Promise<number> {
  if (await isFree(port, host)) return port;
  if (!isSetByHand) return freePort(host);
  throw new TemporalError(
    'port_taken',
    `${setting} is ${port}, and something on this machine already listens there. ` +
      `Stop it, or set ${setting} to another port.`,
  );
}

/** Below those that systems give to outgoing connections (Linux from 32768, others from 49152). */
const [LOWEST_PORT, HIGHEST_PORT] = [20_000, 32_000] as const;
const MAX_TRIES = 100;

/**
 * A port nobody listens on at the moment. Not one that the system would choose: it may give the same to a connection or
 * to another process before anybody listens on it.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isFree(port, host)) return port;
  }
  throw new TemporalError(
    'port_taken',
    `Of ${MAX_TRIES} ports from ${LOWEST_PORT} to ${HIGHEST_PORT} on ${host} none is free. Is that an address of this machine?`,
  );
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** Nobody needs it for anything else; who listens on it is starting. */
const TURN_PORT = 7232;
const MAX_LOCK_MS = 20_000;

/**
 * Waits until no other process of this machine is choosing its ports, and lets the others wait until the turn is
 * ended: a port is free until somebody listens on it, and a Temporal takes a moment for that. A process that dies
 * ends its turn with it; one that takes too long is not waited for.
 */
export async function takeTurn(): Promise<() => void> {
  const giveUpAt = Date.now() + MAX_LOCK_MS;
  while (Date.now() < giveUpAt) {
    const turn = await listenOn(TURN_PORT);
    if (turn) return () => void turn.close();
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
