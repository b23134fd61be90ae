/**
 * Plays the talks of `test/histories/talks.ts` on the real engine and keeps their histories beside it. `npm run histories`
 *
 * On purpose only: a history that no longer replays says that people in the middle of that talk are stuck after a deploy.
 */

import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { findTemporalCli } from '../src/temporal/cli/index.ts';
import { startEmbeddedTemporal } from '../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../src/temporal/server/free-port.ts';
import { createSimulatedConversation } from '../src/testing/simulated-conversation.ts';
import { startStage } from '../src/testing/stage/index.ts';
import { TALKS } from '../test/histories/talks.ts';

/** The machine, and what only a server reads. */
const LEFT_OUT = new Set(['identity', 'taskId', 'requestId', 'meteringMetadata', 'historySizeBytes']);
const root = join(import.meta.dirname, '..');
const folder = join(root, 'test/histories');
const log = (line: string) => void process.stderr.write(`${line}\n`);

const cli = await findTemporalCli({
  explicit: process.env['TEMPORAL_CLI'],
  cacheDir: join(root, '.everthread/cache'),
  log,
});
const server = await startEmbeddedTemporal({ cli, port: await freePort(), log });
const stage = await startStage({ bot: join(folder, 'bot.ts'), temporalAddress: server.address });
try {
  for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(join(folder, file));
  for (const [name, play] of Object.entries(TALKS)) {
    const talk = createSimulatedConversation(stage, { startsAt: '10:00' });
    await play(talk);
    const runs = await runsOf(talk.conversation);
    for (const [index, history] of runs.entries()) {
      writeFileSync(join(folder, `${name}-${index + 1}.json`), `${slim(historyToJSON(history))}\n`);
    }
    log(`${name}: ${runs.length}`);
  }
} finally {
  await stage.stop();
  await server.stop();
}

/** Those of a person's conversation and sequences, the newest first. */
async function runsOf(conversation: string) {
  const histories = [];
  for await (const { workflowId, runId } of stage.client.workflow.list()) {
    if (!workflowId.endsWith(conversation)) continue;
    histories.push(await stage.client.workflow.getHandle(workflowId, runId).fetchHistory());
  }
  return histories;
}

/** Without what names the machine, and what no replay reads. */
function slim(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) => {
    const { normalName: name } = (key === 'taskQueue' ? value : {}) as { readonly normalName?: string };
    if (name !== undefined) return { name };
    return LEFT_OUT.has(key) ? undefined : value;
  });
}
