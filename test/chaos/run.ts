/**
 * The full chaos runs; each prints what became of every message.
 *
 *   npm run chaos -- --kills 50     one process, killed at random moments
 *   npm run chaos -- --outage 60    Temporal away for so many seconds
 *   npm run chaos -- --many 30      four processes on PostgreSQL, one of them killed each time
 */
import { parseArgs } from 'node:util';
import { findTemporalCli } from '../../src/engine/temporal-cli.ts';
import { ensurePostgresBinaries } from '../support/postgres-binaries.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { killAtRandom } from './kills.ts';
import { killOneOfMany } from './many.ts';
import { stopTemporal } from './outage.ts';
import { setStage, type Stage } from './stage.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string' }, outage: { type: 'string' }, many: { type: 'string' } },
});
const load = { people: 20, messagesPerSecond: 10 };
const print = (line: string) => void process.stdout.write(`${line}\n`);
const startedAt = Date.now();
const onKill = (kill: number) => print(`kill ${kill} after ${Math.round((Date.now() - startedAt) / 1000)} s`);

const cli = await findTemporalCli({ explicit: process.env['TEMPORAL_CLI'], cacheDir: '.everthread/cache', log: print });
const stage = await setStage(cli);
try {
  print(JSON.stringify({ ...values, ...(await run(stage)), seconds: Math.round((Date.now() - startedAt) / 1000) }));
} finally {
  await stage.close();
}

async function run(on: Stage): Promise<object> {
  if (values.outage) return stopTemporal(on, { ...load, awayMs: Number(values.outage) * 1000 });
  if (values.many) {
    const postgres = await startPostgres(await ensurePostgresBinaries());
    const kills = Number(values.many);
    try {
      return await killOneOfMany(on, postgres.url, { ...load, kills, longestLifeMs: 6000, onKill });
    } finally {
      await postgres.stop();
    }
  }
  const { output, ...report } = await killAtRandom(on, {
    ...load,
    kills: Number(values.kills ?? 50),
    longestLifeMs: 9000,
    onKill,
  });
  if (report.unanswered + report.answeredTwice + report.outOfOrder > 0) print(output.slice(-20_000));
  return report;
}
