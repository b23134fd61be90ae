/** Bundles each bot once, also over several runs: a bundle is kept until the bot's folder or our sources change. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleBot } from '../../src/engine/bundle-bot.ts';

const source = join(import.meta.dirname, '../../src');
const cache = join(tmpdir(), 'everthread-test-bundles');

export async function bundleOnce(bot: string): Promise<WorkflowBundle> {
  const key = createHash('sha256')
    .update(bot)
    .update(ages(source))
    .update(ages(dirname(bot)))
    .digest('hex')
    .slice(0, 20);
  const codePath = join(cache, `${key}.js`);
  if (existsSync(codePath)) return { code: readFileSync(codePath, 'utf8') };
  const { code } = await bundleBot(bot, { warn: () => {} });
  mkdirSync(cache, { recursive: true });
  // Two test files may bundle the same bot at once: whoever comes second replaces it by the same.
  const unfinished = `${codePath}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, codePath);
  return { code };
}

function ages(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .toSorted()
    .map((file) => `${file} ${statSync(join(folder, file)).mtimeMs}`)
    .join('\n');
}
