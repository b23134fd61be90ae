/** `npm run pictures`: takes the screenshots in docs/images, of a conversation in the simulator, at the desk and in Temporal's UI. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { chromium, type Page } from 'playwright-core';
import { SESSION_COOKIE } from '../src/api/operator/access/authenticate.ts';
import { loadConfig } from '../src/config/index.ts';
import { startDev } from '../src/dev/index.ts';
import { createLog } from '../src/log.ts';
import { temporalCliIn } from '../src/temporal/cli/index.ts';
import { ensureChromium } from '../test/support/chromium.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'everthread-pictures-'));
/** How long a visit of Temporal's list may take. */
const LISTED_WITHIN_MS = 5000;
const progress = (line: string) => void process.stderr.write(`${line}\n`);

const dev = await startDev({
  bot: join(root, 'examples/shop/bot.ts'),
  config: loadConfig({ DATABASE_URL: `file:${join(folder, 'store.db')}` }),
  folder,
  temporalCli: temporalCliIn(process.env),
  log: createLog({ level: 'error' }),
  progress,
});
const connection = await Connection.connect({ address: dev.addresses.temporalAddress });
const browser = await chromium.launch({
  executablePath: await ensureChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Lisbon' });
  await page.goto(`${dev.addresses.url}/simulator`);
  await playConversation(page);
  await page.screenshot({ path: join(root, 'docs/images/simulator.png') });
  await takeSimulatorPictures(page);

  const [person] = dev.simulator.people();
  const id = `messenger:104857600123456:${person?.psid ?? ''}`;
  const { runId } = await new Client({ connection }).workflow.getHandle(id).describe();
  await page.setViewportSize({ width: 1500, height: 1000 });
  const { temporalUiUrl } = dev.addresses;
  await page.goto(`${temporalUiUrl}/namespaces/default/workflows/${encodeURIComponent(id)}/${runId}/user-metadata`);
  // The UI draws the details in a frame of their own.
  await page.frameLocator('#user-metadata-current-details').getByText('The last lines').waitFor();
  await page.screenshot({ path: join(root, 'docs/images/temporal-ui.png') });

  const sequence = `sequence:spring-offer:${id}`;
  const waiting = await new Client({ connection }).workflow.getHandle(sequence).describe();
  await page.setViewportSize({ width: 1500, height: 1100 });
  await page.goto(
    `${temporalUiUrl}/namespaces/default/workflows/${encodeURIComponent(sequence)}/${waiting.runId}/history`,
  );
  await page.getByText('Sleeps 2 hours').first().waitFor();
  await page.screenshot({ path: join(root, 'docs/images/temporal-ui-sequence.png') });

  await askForPeople();
  await takeDeskPictures(id);
  const filter = "ConversationState = 'human' AND ExecutionStatus = 'Running'";
  await page.setViewportSize({ width: 1500, height: 600 });
  const listed = page.getByRole('link', { name: /messenger:/ }).nth(1);
  // Temporal lists a change after some seconds, and its page looks once.
  for (let isListed = false; !isListed;) {
    await page.goto(`${temporalUiUrl}/namespaces/default/workflows?query=${encodeURIComponent(filter)}`);
    isListed = await listed.waitFor({ timeout: LISTED_WITHIN_MS }).then(
      () => true,
      () => false,
    );
  }
  await page.screenshot({ path: join(root, 'docs/images/temporal-ui-filter.png') });
} finally {
  await browser.close();
  await connection.close();
  await dev.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** The inside of the bot, the page of a phone, and on a page of its own a first visit and a fault with what it hit. */
async function takeSimulatorPictures(page: Page): Promise<void> {
  const keep = async (name: string, of = page) => of.screenshot({ path: join(root, `docs/images/${name}.png`) });
  await page.getByRole('button', { name: 'Inside the bot' }).click();
  await page.getByText('Sleeps 2 hours').first().waitFor();
  await keep('simulator-inside');
  await page.getByRole('button', { name: 'Inside the bot' }).click();
  await page.setViewportSize({ width: 390, height: 800 });
  await keep('simulator-narrow');

  const { psid } = dev.simulator.addPerson();
  const other = await browser.newPage({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Lisbon' });
  await other.goto(`${dev.addresses.url}/simulator#${psid}`);
  await other.getByRole('group', { name: 'Words to try' }).waitFor();
  await keep('simulator-first-visit', other);
  await other.getByText('Break something at Meta').click();
  await other.getByRole('button', { name: '2: temporary failure' }).click();
  await other.getByRole('group', { name: 'Words to try' }).getByRole('button', { name: 'open' }).click();
  await other.getByRole('log').getByText('We are open 9 to 5').waitFor();
  await other.getByRole('button', { name: '551: person not available' }).click();
  await other.getByText('Waiting for the next send: 551.').waitFor();
  await keep('simulator-fault', other);
  await other.getByRole('button', { name: 'Clear', exact: true }).click();
  await other.close();
  dev.simulator.removePerson(psid);
}

/** Mia answers the person at the desk; then the other views. */
async function takeDeskPictures(conversation: string): Promise<void> {
  const { operatorUrl } = dev.addresses;
  const mia = { name: 'Mia', role: 'admin' } as const;
  await dev.store.operators.add(mia, Date.now());
  await dev.store.savedReplies.add({ name: 'thanks', text: 'Thank you, {{firstName|dear customer}}!' });
  const desk = await browser.newPage({ viewport: { width: 1440, height: 860 }, timezoneId: 'Europe/Lisbon' });
  const value = await dev.store.operators.startSession(mia, Date.now());
  await desk.context().addCookies([{ name: SESSION_COOKIE, value, url: operatorUrl }]);
  const show = async (fragment: string) => desk.goto(`${operatorUrl}/desk/#/${fragment}`);
  const keep = async (name: string) => desk.screenshot({ path: join(root, `docs/images/${name}.png`) });

  await show(`inbox/all/${encodeURIComponent(conversation)}`);
  await desk.getByRole('button', { name: 'Take over' }).click();
  await desk.getByRole('status', { name: 'Who answers' }).getByText('You answer').waitFor();
  await desk.getByRole('textbox', { name: 'Message' }).fill('Good morning, Mia here. The blue mug is back in stock.');
  await desk.keyboard.press('Enter');
  await desk
    .getByText('Delivered')
    .or(desk.getByText('Read', { exact: false }))
    .last()
    .waitFor();
  await desk.getByRole('textbox', { name: 'New tag' }).fill('mugs');
  await desk.keyboard.press('Enter');
  await desk.getByRole('button', { name: 'Remove the tag mugs' }).waitFor();
  await desk.getByRole('textbox', { name: 'Message' }).fill('Shall I put one aside for you?');
  await keep('desk');
  await desk.setViewportSize({ width: 390, height: 800 });
  await keep('desk-narrow');
  await desk.setViewportSize({ width: 1440, height: 860 });
  // The shop has no broadcast.
  for (const view of ['leads', 'numbers', 'health', 'admin']) {
    await show(view);
    await desk.getByRole('heading', { level: 1 }).waitFor();
    await desk.waitForLoadState('networkidle');
    // Each part of a view loads by itself.
    const loading = desk.getByText('Loading …');
    while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'detached' });
    await keep(`desk-${view}`);
  }
}

/** Two people ask for an operator. */
async function askForPeople(): Promise<void> {
  for (const name of ['Bruno', 'Clara']) {
    const { psid } = dev.simulator.addPerson({ firstName: name });
    dev.simulator.says(psid, 'A human, please');
  }
  await dev.simulator.waitForDeliveries();
}

/** A person asks for a price, is asked for an address, and asks for the opening hours in between. */
async function playConversation(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a person' }).first().click();
  const lines = [
    ['What is your price for a blue mug?', 'Which e-mail may we write to?'],
    ['hours', 'We are open 9 to 5'],
    ['ana@shop.example', 'And your name?'],
    ['Ana', 'Thank you!'],
  ] as const;
  for (const [says, hears] of lines) {
    await page.getByRole('textbox', { name: 'Message' }).fill(says);
    await page.keyboard.press('Enter');
    await page.getByText(hears).first().waitFor();
  }
}
