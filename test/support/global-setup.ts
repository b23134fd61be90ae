/** Before the first test: one Temporal, one PostgreSQL and a Chromium for the whole run; what is missing is installed. */

import type { TestProject } from 'vitest/node';
import { findTemporalCli, temporalCliIn } from '../../src/temporal/cli/index.ts';
import { startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { ensureChromium } from './chromium.ts';
import { guardAgainstKill } from './cleanup-guard.ts';
import { compileForThisRun } from './compiled.ts';
import { ensurePostgresBinaries } from './postgres/binaries.ts';
import { startPostgres } from './postgres/server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The CLI itself, for tests that start a server of their own. */
    temporalCli: string;
    /** `127.0.0.1:…` of a server in memory, shared by all test files. */
    temporalAddress: string;
    /** A PostgreSQL server; tests use `createDatabase` from `postgres.ts`. */
    postgresUrl: string;
    chromiumPath: string;
  }
}

type Stop = () => Promise<void>;

export async function setup(project: TestProject): Promise<Stop> {
  const started: Stop[] = [];
  const stopAll = async (): Promise<void> => void (await Promise.all(started.map((stop) => stop())));

  compileForThisRun();
  const outcomes = await Promise.allSettled([temporal(), databasesAndBrowser()]);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
  if (reasons.length === 0) return stopAll;
  await stopAll();
  throw new Error(`The tests cannot start:\n${reasons.join('\n')}`);

  async function temporal(): Promise<void> {
    const cli = await findTemporalCli({ ...temporalCliIn(process.env), log });
    const server = await startEmbeddedTemporal({ cli, port: await freePort(), log });
    const dismissGuard = guardAgainstKill(server.pid);
    started.push(() => server.stop().then(dismissGuard));
    project.provide('temporalCli', cli);
    project.provide('temporalAddress', server.address);
    // For tests that use `everthread/testing` as anybody would.
    process.env['EVERTHREAD_TEST_TEMPORAL'] = server.address;
  }

  // One after the other: apt takes one installation at a time.
  async function databasesAndBrowser(): Promise<void> {
    const server = await startPostgres(await ensurePostgresBinaries());
    started.push(() => server.stop());
    project.provide('postgresUrl', server.url);
    project.provide('chromiumPath', await ensureChromium());
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
