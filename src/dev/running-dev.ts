import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../temporal/start-error.ts';

/** Where a running `dev` can be reached; written to `.everthread/dev.json` for the other commands. */
export interface DevAddresses {
  readonly pid: number;
  /** `http://127.0.0.1:3000`: the api, and the simulator under `/simulator`. */
  readonly url: string;
  /** `http://127.0.0.1:3001`: the operator API. */
  readonly operatorUrl: string;
  /** `127.0.0.1:7233` */
  readonly temporalAddress: string;
  /** `http://127.0.0.1:8233` */
  readonly temporalUiUrl: string;
}

/** The addresses of a `dev` that runs in this folder, if there is one. */
export function findRunningDev(folder = '.everthread'): DevAddresses | undefined {
  try {
    const addresses = JSON.parse(readFileSync(addressesFile(folder), 'utf8')) as DevAddresses;
    process.kill(addresses.pid, 0);
    return addresses;
  } catch {
    return undefined;
  }
}

/** Makes this `dev` findable; the returned function ends that. */
export function writeDevAddresses(folder: string, addresses: DevAddresses): () => void {
  writeFileSync(addressesFile(folder), JSON.stringify(addresses, null, 2));
  return () => rmSync(addressesFile(folder), { force: true });
}

/** Throws `already_running` when another process runs `dev` in this folder. */
export function refuseSecondDev(folder: string): void {
  const running = findRunningDev(folder);
  if (!running || running.pid === process.pid) return;
  throw new StartError(
    'already_running',
    `everthread dev already runs in this folder, at ${running.url} (process ${running.pid}). Use that one, or stop it.`,
  );
}

function addressesFile(folder: string): string {
  return join(folder, 'dev.json');
}
