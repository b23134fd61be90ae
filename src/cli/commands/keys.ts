import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import { rewriteSchedules } from '../../broadcasts/schedules.ts';
import { loadConfig } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { keyRing } from '../../encryption/sealer.ts';
import type { Store } from '../../store/index.ts';
import { findNeededKeys, type NeededKey } from '../../temporal/encryption/needed-keys.ts';
import { createTemporalClient, isTemporalReachable } from '../../temporal/server/connect.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { chooseTemporal } from '../temporal-choice.ts';
import { progress, say } from '../terminal.ts';

/** How often a table is read again because somebody wrote to it with another key meanwhile. */
const MAX_PASSES = 3;
const RUNS_PER_LINE = 1000;

/** `everthread keys`: the keys of ENCRYPTION_KEYS. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('Rewrite the store with the newest key of ENCRYPTION_KEYS, and say which older ones are still needed.')
    .addHelpText('after', '\nExample:\n  everthread keys rotate --vacuum')
    .addCommand(
      new Command('rotate')
        .description(
          'Rewrite what older keys encrypted, and what is not encrypted yet, with the newest key, in small steps beside running processes, and the schedules of broadcasts; then ask Temporal which keys its histories still need. Restart all processes with the newest key first.',
        )
        .addHelpText(
          'after',
          '\nExample:\n  ENCRYPTION_KEYS_FILE=keys TEMPORAL_ADDRESS=temporal:7233 everthread keys rotate',
        )
        .option(
          '--vacuum',
          'then rewrite the file of a SQLite store, so that no older value is left in it; nobody can write meanwhile',
        )
        .action(rotate),
    );
}

async function rotate({ vacuum = false }: { readonly vacuum?: boolean }): Promise<void> {
  const config = loadConfig(process.env, { warn: progress });
  const keys = keyRing(config.encryptionKeys);
  const newest = keys[0]?.id;
  if (newest === undefined)
    throw new BotError(
      'encryption_off',
      'ENCRYPTION_KEYS is not set, so that there is no key to encrypt with. Make one with `openssl rand -base64 32`, and write ID:KEY (docs/encryption.md).',
    );
  const { settings, label } = chooseTemporal(keys);
  const store = await openConfiguredStore(config);
  const client = createTemporalClient(settings);
  try {
    const isDone = await rewriteStore(store, newest);
    if (!isDone) process.exitCode = 1;
    else await reportLeftovers(store, vacuum);
    const old = (await store.encryption.listKeys()).filter((id) => id !== newest);
    if (old.length === 0) return say(`No older key is needed: "${newest}" is the only one of this store.`);
    if (!isDone) return;
    await reportOldKeys(store, client, old, label);
  } finally {
    await client.connection.close();
    await store.close();
  }
}

/** Resolves to `false` if somebody goes on writing with an older key. */
async function rewriteStore(store: Store, newest: string): Promise<boolean> {
  progress(`Rewriting the store with the key "${newest}".`);
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const tables = new Map<string, { readonly read: number; readonly rewritten: number }>();
    for await (const { table, ...counts } of store.encryption.rotate()) tables.set(table, counts);
    const changed = [...tables].filter(([, { rewritten }]) => rewritten > 0);
    for (const [table, { read, rewritten }] of changed) say(`  ${table}: ${rewritten} of ${read} rows rewritten`);
    if (changed.length > 0) continue;
    say(`Everything that the store encrypts is encrypted with "${newest}".`);
    return true;
  }
  say(
    `A process still writes without "${newest}" as its newest key. Restart it with the ENCRYPTION_KEYS of this command, and run this again.`,
  );
  return false;
}

/** Databases leave what was overwritten in pages that they use again later. */
async function reportLeftovers({ encryption }: Store, vacuum: boolean): Promise<void> {
  if (vacuum && (await encryption.vacuum())) return say('The file has no older value any more.');
  say(
    'Free pages of the database may still hold older values: --vacuum rewrites a SQLite file, VACUUM FULL a PostgreSQL database.',
  );
}

async function reportOldKeys(store: Store, client: Client, old: readonly string[], label: string): Promise<void> {
  const names = old.map((id) => `"${id}"`).join(', ');
  if (!(await isTemporalReachable(client))) {
    say(
      `Temporal does not answer at ${label}: nobody knows whether its histories need ${names}. Keep them, and run this again.`,
    );
    process.exitCode = 1;
    return;
  }
  progress(`Reading the histories of Temporal at ${label}, namespace ${client.options.namespace}.`);
  await rewriteSchedules(client);
  const needed = await findNeededKeys(client, (runs) => {
    if (runs % RUNS_PER_LINE === 0) progress(`  ${runs} runs read`);
  });
  for (const id of old) {
    const need = needed.get(id);
    if (need) {
      say(`Temporal still needs "${id}": ${describe(need)}. Keep it in ENCRYPTION_KEYS, and run this again later.`);
      continue;
    }
    await store.encryption.forgetKey(id);
    say(`Nothing needs "${id}" any more: remove it from ENCRYPTION_KEYS. Backups from before still need it.`);
  }
}

function describe({ open, closed, schedules }: NeededKey): string {
  return `${open} open runs, ${closed} closed ones${schedules > 0 ? `, ${schedules} schedules` : ''}`;
}
