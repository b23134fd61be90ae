import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Connection, Client } from '@temporalio/client';
import { chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { findRunningDev } from '../../src/dev/running-dev.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { aStoreAt } from '../store/targets.ts';
import { fromSources } from '../support/compiled.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli, startCli, type CliOptions } from './run-cli.ts';

/** `everthread dev` with the example bot, up and ready. */
async function startDev(
  cwd: string,
  { args = [], ...options }: Partial<CliOptions> & { readonly args?: readonly string[] } = {},
) {
  const dev = startCli(['dev', exampleBot, ...args], { cwd, env: { TEMPORAL_CLI: inject('temporalCli') }, ...options });
  const banner = await dev.says('Ctrl-C stops it');
  const addresses = findRunningDev(`${cwd}/.everthread`);
  if (!addresses) throw new Error(`It left no address behind:\n${banner}`);
  return { ...dev, banner, addresses };
}

async function openPage(url: string): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: inject('chromiumPath'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${url}/simulator`);
  return page;
}

async function write(page: Page, says: string, hears: string): Promise<void> {
  const before = await page.getByRole('log').getByText(hears).count();
  await page.getByRole('textbox', { name: 'Message' }).fill(says);
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText(hears).nth(before).waitFor();
}

/** The answer of the list of conversations, as somebody tries it out with a token on the page of the operator API. */
async function tryOut(page: Page, operatorUrl: string, token: string): Promise<string> {
  await page.goto(`${operatorUrl}/docs/`);
  const press = (name: string) => page.getByRole('button', { name }).first().click();
  await press('Authorize');
  await page.getByLabel('auth-bearer-value').fill(token);
  await press('Apply credentials');
  await press('Close');
  await page.getByText('List conversations, those who wait longest first.').click();
  await press('Try it out');
  await press('Execute');
  return page.locator('.live-responses-table pre').first().innerText();
}

async function describeInTemporal(address: string, workflowId: string) {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  return new Client({ connection }).workflow.getHandle(workflowId).describe();
}

// Two starts, one of them from the sources, and a browser: a busy machine needs its time.
const timeout = 180_000;
test(
  'a lead is left in the browser, a follow-up waits in Temporal, and both survive a restart',
  { timeout },
  async () => {
    const cwd = temporaryFolder();
    // As `npm start` runs it.
    const first = await startDev(cwd, { program: fromSources() });
    expect(first.banner).toContain(`${first.addresses.url}/simulator`);
    expect(first.banner).toContain(first.addresses.temporalUiUrl);
    expect(first.banner).toContain(`${first.addresses.url}/webhook`);

    // What people wrote is stored there: it is its owner's alone.
    const folder = `${cwd}/.everthread`;
    const modes = ['', ...readdirSync(folder)].map((name) => statSync(join(folder, name)).mode & 0o077);
    expect(modes).toEqual(modes.map(() => 0));

    const page = await openPage(first.addresses.url);
    await page.getByRole('button', { name: 'Add a person' }).first().click();
    await write(page, 'What is your price?', 'Which e-mail may we write to?');
    await write(page, 'ana at shop', 'That does not look like an e-mail address.');
    await write(page, 'hours', 'We are open 9 to 5');
    await write(page, 'ana@shop.example', 'And your name?');
    await write(page, 'Ana', 'Thank you!');

    const conversation = 'messenger:104857600123456:6120459871230045';
    const sequence = `sequence:spring-offer:${conversation}`;
    // It begins when everything was said.
    await expect
      .poll(() => describeInTemporal(first.addresses.temporalAddress, sequence), { timeout: 10_000 })
      .toMatchObject({ type: 'spring-offer', status: { name: 'RUNNING' } });

    first.interrupt();
    expect(await first.ended).toBe(0);
    expect(findRunningDev(`${cwd}/.everthread`)).toBeUndefined();

    const second = await startDev(cwd);
    const again = await openPage(second.addresses.url);
    await again.getByRole('log').getByText('Thank you!').waitFor();
    await write(again, 'hours', 'We are open 9 to 5');
    const talk = await describeInTemporal(second.addresses.temporalAddress, conversation);
    expect(talk.status.name).toBe('RUNNING');

    const store = await aStoreAt(`file:${folder}/store.db`);
    const complaints: string[] = [];
    again.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    expect(await tryOut(again, second.addresses.operatorUrl, await anOperator(store))).toContain(conversation);
    expect(complaints).toEqual([]);
    second.interrupt();
    expect(await second.ended).toBe(0);
  },
);

test.each([
  ['0.0.0.0', [], 'HOST=0.0.0.0 lets other machines reach the webhook.'],
  ['::', [], 'HOST=:: lets other machines reach the webhook.'],
  ['192.0.2.7', ['--public'], 'HOST=192.0.2.7 would leave out 127.0.0.1'],
])('HOST=%s with options %j is refused with its cure', async (HOST, options, words) => {
  const { code, output } = await runCli(['dev', exampleBot, ...options], { cwd: temporaryFolder(), env: { HOST } });
  expect(code).toBe(1);
  expect(output).toContain(words);
  expect(output.trim().split('\n')).toHaveLength(1);
});

test('two folders run side by side on different ports; a second dev in one folder is refused in one line', async () => {
  const cwd = temporaryFolder();
  const toAll = { args: ['--public'], env: { TEMPORAL_CLI: inject('temporalCli'), HOST: '0.0.0.0' } };
  const [here, there] = await Promise.all([startDev(cwd), startDev(temporaryFolder(), toAll)]);
  const ports = [here, there].flatMap(({ addresses: { url, temporalAddress, temporalUiUrl } }) =>
    [url, `tcp://${temporalAddress}`, temporalUiUrl].map((address) => new URL(address).port),
  );
  expect(new Set(ports).size).toBe(6);

  const second = startCli(['dev', exampleBot], { cwd });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`already runs in this folder, at ${here.addresses.url}`);

  // Open to other machines, it still answers here.
  expect(there.addresses.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const page = await openPage(there.addresses.url);
  await write(page, 'hours', 'We are open 9 to 5');
});

test('the demo plays to its end and exits with 0', async () => {
  const demo = startCli(['demo', exampleBot], {
    cwd: temporaryFolder(),
    env: { TEMPORAL_CLI: inject('temporalCli') },
  });
  expect(await demo.ended).toBe(0);
  expect(demo.output()).toMatch(/All times are Ana's, UTC[+-]\d+/);
  // By one clock, the person's: from ten in the morning, and after the quiet hours of the night.
  expect(demo.output()).toMatch(/ {2}\w{3} 10:00 {5}Ana: Hello!/);
  expect(demo.output()).toMatch(/… 2 hours later …\n {2}\w{3} 12:0\d {5}bot: Any questions/);
  expect(demo.output()).toMatch(/… 20 hours later …\n {2}\w{3} 08:0\d {5}bot: Our spring offer ends tonight\./);
  expect(demo.output()).toContain('asking a colleague to join us');
});
