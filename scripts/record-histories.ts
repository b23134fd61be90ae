/**
 * `npm run histories [name …]`: plays the conversations of `test/histories/talks.ts`, or those with these names, on a
 * Temporal server and saves their histories. Those of the others stay.
 *
 * Run it only to record new histories: one that no longer replays means that such conversations are stuck after a deploy.
 */

import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { findTemporalCli, temporalCliIn } from '../src/temporal/cli/index.ts';
import { startEmbeddedTemporal } from '../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../src/temporal/server/free-port.ts';
import { createSimulatedConversation } from '../src/testing/simulated-conversation.ts';
import { startStage } from '../src/testing/stage/index.ts';
import { TALKS } from '../test/histories/talks.ts';

/** Fields that identify the machine or that only a server reads. */
const OMITTED_KEYS = new Set(['identity', 'taskId', 'requestId', 'meteringMetadata', 'historySizeBytes']);
const root = join(import.meta.dirname, '..');
const folder = join(root, 'test/histories');
const chosen = process.argv.slice(2);
const log = (line: string) => void process.stderr.write(`${line}\n`);

const cli = await findTemporalCli({ ...temporalCliIn(process.env), log });
const server = await startEmbeddedTemporal({ cli, port: await freePort(), log });
const stage = await startStage({ bot: join(folder, 'bot.ts'), temporalAddress: server.address });
try {
  for (const [name, play] of Object.entries(TALKS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const old = readdirSync(folder).filter((file) => file.replace(/-\d+\.json$/, '') === name);
    for (const file of old) rmSync(join(folder, file));
    const talk = createSimulatedConversation(stage, { startsAt: '10:00' });
    await play(talk);
    const runs = await runsOf(talk.conversation);
    for (const [index, history] of runs.entries()) {
      writeFileSync(join(folder, `${name}-${index + 1}.json`), `${withoutMachine(historyToJSON(history))}\n`);
    }
    log(`${name}: ${runs.length}`);
  }
} finally {
  await stage.stop();
  await server.stop();
}

/** The histories of a person's conversation and sequences, the newest first. */
async function runsOf(conversation: string) {
  const histories = [];
  for await (const { workflowId, runId } of stage.client.workflow.list()) {
    if (!workflowId.endsWith(conversation)) continue;
    histories.push(await stage.client.workflow.getHandle(workflowId, runId).fetchHistory());
  }
  return histories;
}

/** Without the omitted keys and the machine's own task queues. */
function withoutMachine(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) => {
    const { normalName: name } = (key === 'taskQueue' ? value : {}) as { readonly normalName?: string };
    if (name !== undefined) return { name };
    return OMITTED_KEYS.has(key) ? undefined : value;
  });
}
