/** The full chaos run: `npm run chaos -- --kills 50`. Prints what became of every message. */
import { parseArgs } from 'node:util';
import { findTemporalCli } from '../../src/engine/temporal-cli.ts';
import { killAtRandom } from './kills.ts';
import { setStage } from './stage.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' } } });
const print = (line: string) => void process.stdout.write(`${line}\n`);

const cli = await findTemporalCli({ explicit: process.env['TEMPORAL_CLI'], cacheDir: '.everthread/cache', log: print });
const stage = await setStage(cli);
const startedAt = Date.now();
try {
  const { output, ...report } = await killAtRandom(stage, {
    kills: Number(values.kills),
    people: 20,
    messagesPerSecond: 10,
    longestLifeMs: 9000,
    onKill: (kill) => print(`kill ${kill} after ${Math.round((Date.now() - startedAt) / 1000)} s`),
  });
  if (report.unanswered + report.answeredTwice + report.outOfOrder > 0) print(output.slice(-20_000));
  print(
    JSON.stringify({ kills: Number(values.kills), ...report, seconds: Math.round((Date.now() - startedAt) / 1000) }),
  );
} finally {
  await stage.close();
}
