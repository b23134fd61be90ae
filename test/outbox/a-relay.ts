/** A relay on a real store, and what it logs. */

import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { startOutboxRelay, type OutboxRelayOptions } from '../../src/outbox/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import type { NewDestination } from '../../src/store/outbox/destinations.ts';
import { ANA, BEN, PAGE, START } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Receiver } from './receiver.ts';

export const ANAS = `messenger:${PAGE}:${ANA}` as const;
export const BENS = `messenger:${PAGE}:${BEN}` as const;
export const LEAD = {
  leadId: `${ANAS}/i7/booking`,
  conversation: ANAS as `messenger:${string}:${string}`,
  form: 'booking',
  fields: { name: 'Ana', note: 'É para as 8' },
  consent: { text: 'We call you back.', at: START, given: 'agreed' },
  at: START + 1000,
} as const;

export interface Line {
  readonly level: string;
  readonly text: string;
}

/** A store with a destination at the receiver, which wants everything. */
export async function aStoreWith({ url }: Pick<Receiver, 'url'>, rest: Partial<NewDestination> = {}) {
  const databaseUrl = `file:${join(temporaryFolder(), 'store.db')}`;
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  const secret = await addDestination(store, { url, ...rest });
  return { store, databaseUrl, secret };
}

export async function addDestination(
  { destinations }: Pick<Store, 'destinations'>,
  { url, ...rest }: Partial<Omit<NewDestination, 'url'>> & { readonly url: URL | string },
): Promise<string> {
  const destination: NewDestination = { name: 'crm', format: 'standard', topics: ['*'], ...rest, url: String(url) };
  return (await destinations.add(destination, Date.now())) ?? '';
}

/** Starts a relay; the test ends it. */
export function aRelay(store: OutboxRelayOptions['store'], options: Partial<OutboxRelayOptions> = {}) {
  const lines: Line[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, text: `${message} ${JSON.stringify(fields)}` });
  const relay = startOutboxRelay({
    store,
    clock: { now: () => Date.now() },
    privateAddresses: 'loopback',
    unansweredAfterMs: 60_000,
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    pollMs: 20,
    ...options,
  });
  onTestFinished(() => relay.stop());
  return { relay, lines };
}

export const PATIENCE = { timeout: 20_000, interval: 10 };

/** Until nothing waits and nothing was given up. */
export const untilDelivered = ({ outbox }: Store) =>
  vi.waitUntil(async () => Object.keys(await outbox.count()).length === 0, PATIENCE);
