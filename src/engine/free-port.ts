import { createServer } from 'node:net';
import { EngineError } from './engine-error.ts';

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
  throw new EngineError(
    'port_taken',
    `${setting} is ${port}, and something on this machine already listens there. ` +
      `Stop it, or set ${setting} to another port.`,
  );
}

/** A port nobody listens on at the moment. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      if (address === null || typeof address === 'string') return reject(new Error('a TCP server has no port'));
      probe.close(() => resolve(address.port));
    });
  });
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

export interface HeldPort {
  readonly port: number;
  /** Gives it free, for the one who holds it to listen there at once. Calling it again does nothing. */
  readonly release: () => Promise<void>;
}

/** Keeps others away from a port until we listen there ourselves; another free one when somebody was faster. */
export function holdPort(port: number, host = '127.0.0.1'): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const holder = createServer().once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && port !== 0) resolve(holdPort(0, host));
      else reject(error);
    });
    holder.listen(port, host, () => {
      const address = holder.address();
      if (address === null || typeof address === 'string') return reject(new Error('a TCP server has no port'));
      const release = () => new Promise<void>((done) => void holder.close(() => done()));
      resolve({ port: address.port, release });
    });
  });
}
