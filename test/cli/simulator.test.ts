import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStrictPage, useBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startCli } from './run-cli.ts';

const browser = useBrowser();
const root = join(import.meta.dirname, '..', '..');

/** The Express bot of docs/simulator.md, where `express` is found. */
function documentedBot(): string {
  const page = readFileSync(join(root, 'docs/simulator.md'), 'utf8');
  const code = /^```js\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
  const file = join(temporaryFolder(), 'bot.mjs');
  writeFileSync(file, code.replace("'express'", `'${import.meta.resolve('express')}'`));
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

test('the Express bot of the documentation answers in the simulator that runs alone', async () => {
  const port = await freePort();
  const webhook = ['--webhook', `http://127.0.0.1:${port}/webhook`, '--app-secret', 'invented'];
  const simulator = startCli(['simulator', ...webhook, '--port', '0', '--file', ':memory:'], {
    cwd: temporaryFolder(),
  });
  const [, graph = ''] = /MESSENGER_GRAPH_URL +(\S+)/.exec(await simulator.says('/graph')) ?? [];
  const bot = spawn(process.execPath, [documentedBot()], {
    env: { ...process.env, PORT: String(port), GRAPH_URL: graph, PAGE_TOKEN: 'simulated-page-token' },
    stdio: 'inherit',
  });
  onTestFinished(() => void bot.kill());

  const page = await openStrictPage(browser(), graph.replace('/graph', ''), {});
  await page.getByRole('textbox', { name: 'Message' }).fill('Do you ship?');
  await page.keyboard.press('Enter');
  // A bot that still starts gets its webhook again.
  await page.getByRole('log').getByText('You said: Do you ship?', { exact: true }).waitFor();
  await page.getByRole('list', { name: 'Events' }).getByText('200 OK').waitFor();
  expect(await page.getByRole('log').getByText('Refused by Meta').count()).toBe(0);
});
