/** The views beside the inbox, in a real browser, on a real Temporal server: each control is used once. */

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { toKnownBot } from '../../src/broadcasts/known-bot.ts';
import { readBot } from '../../src/cli/read-bot.ts';
import { aStageListener } from '../api/operator/a-stage-listener.ts';
import { findAccessibilityProblems } from '../support/accessibility.ts';
import { useBrowser } from '../support/browser.ts';
import { PAGE } from '../support/events.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { openDesk, REFUSED, type DeskOptions } from './support.ts';
import { NO_HTML, seed } from './views-content.ts';

const GROUPS = 'test/support/bots/groups/bot.ts';
const browser = useBrowser();
let stage: Stage;
let desk: Awaited<ReturnType<typeof aStageListener>>;

beforeAll(async () => {
  stage = await startStage({ bot: GROUPS, temporalAddress: inject('temporalAddress') });
  desk = await aStageListener(stage);
  await stage.store.botFacts.save(toKnownBot(await readBot(GROUPS)), Date.now());
  await seed(stage.store, stage.databaseUrl);
});
afterAll(async () => {
  await desk.close();
  await stage.stop();
});

const open = (route: string, options: DeskOptions = {}) =>
  openDesk(browser(), { url: desk.url, store: stage.store }, { route, ...options });

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const rows = (page: Page, table: string) => page.getByRole('table', { name: table }).locator('tbody tr');
const done = (page: Page, text: string) => page.getByRole('status', { name: 'Last action' }).getByText(text).waitFor();
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Opens a dialog by a button, and answers it. */
async function confirm(page: Page, name: string, words: string): Promise<void> {
  await button(page, name).click();
  await page.getByRole('dialog').getByRole('button', { name: words, exact: true }).click();
}

/** Each view, and what it shows when it has been read. */
const READY: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  '/leads': (page) => rows(page, 'Leads').first().waitFor(),
  '/numbers': (page) => region(page, 'Funnel order').waitFor(),
  '/broadcasts': (page) => region(page, 'nightly').waitFor(),
  '/health': (page) => region(page, 'Conversations that the bot has stopped').waitFor(),
  '/admin/replies': (page) => region(page, 'Saved replies').getByText('No reply').waitFor(),
  '/admin/operators': (page) => rows(page, 'Operators').first().waitFor(),
  '/admin/webhooks': (page) => rows(page, 'Destinations').first().waitFor(),
  '/admin/retention': (page) => page.getByText('Operator log').last().waitFor(),
  '/admin/log': (page) => region(page, 'Operator log').getByText('Nobody has changed').waitFor(),
};

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([1280, 390])(
    'axe-core finds nothing wrong at %i pixels, and nothing is cut off at the side',
    async (width) => {
      const page = await open('/leads', { colorScheme, width });
      for (const [route, ready] of Object.entries(READY)) {
        await page.evaluate(`location.hash = '#${route}'`);
        await ready(page);
        expect(await findAccessibilityProblems(page), route).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth'), route).toBe(width);
      }
    },
  );
});

test('leads are filtered and downloaded, and lead to their conversations', async () => {
  const page = await open('/leads');
  await rows(page, 'Leads').nth(3).waitFor();
  await page.getByText(NO_HTML).waitFor();
  await page.getByLabel('Form').fill('newsletter');
  await page.getByLabel('Form').press('Enter');
  await expect.poll(() => rows(page, 'Leads').count()).toBe(1);
  await page.getByLabel('Since').selectOption('Last 7 days');
  await page.getByText('No lead matches the filters.').waitFor();
  await page.getByLabel('Form').fill('');
  await page.getByLabel('Form').press('Enter');
  await page.getByLabel('Page id').fill(PAGE);
  await page.getByLabel('Page id').press('Enter');
  await expect.poll(() => rows(page, 'Leads').count()).toBe(3);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as CSV' }).click(),
  ]);
  const file = await readFile(await download.path(), 'utf8');
  expect(file.trimEnd().split('\r\n')).toHaveLength(4);
  await page.getByRole('link', { name: 'Ana Sousa' }).first().click();
  await page.getByRole('heading', { name: 'Ana Sousa' }).waitFor();
});

test('a plot is a table as well, of other days and Pages, and a day leads to its conversations', async () => {
  const page = await open('/numbers');
  const messages = region(page, 'Messages by author');
  await messages.getByRole('img').waitFor();
  // What is typed while the page reads is still there when the answer comes.
  let release = () => {};
  const held = new Promise<void>((resolve) => void (release = resolve));
  await page.route('**/numbers?*', async (route) => {
    await held;
    return route.fallback();
  });
  await page.getByLabel('Period').selectOption('Last 7 days');
  await messages.waitFor({ state: 'detached' });
  await page.getByLabel('Page id').pressSequentially('1048');
  release();
  await messages.getByRole('img').waitFor();
  expect(await page.getByLabel('Page id').inputValue()).toBe('1048');
  await page.getByLabel('Page id').fill('104857600999999');
  await page.getByLabel('Page id').press('Enter');
  await page.getByText('Nothing happened on these days.').waitFor();
  await page.getByLabel('Page id').fill('');
  await page.getByLabel('Page id').press('Enter');
  await button(page, 'Messages by author as a table').click();
  await expect.poll(() => rows(page, 'Messages by author').count()).toBeGreaterThan(5);
  expect(await page.getByRole('list', { name: 'Steps of order' }).getByRole('listitem').allTextContents()).toEqual([
    expect.stringContaining('order.started: 2 people'),
    expect.stringContaining('order.asked:size: 2 people'),
    expect.stringContaining('order.completed: 1 person'),
  ]);
  await region(page, 'Sequence later').getByText('Message 1').waitFor();

  const day = messages.getByRole('link').first();
  const name = await day.textContent();
  await day.click();
  await page.getByRole('button', { name: `Wrote on ${name} (UTC): all days again` }).click();
  await expect.poll(() => page.url()).not.toContain('on=');
});

test('a broadcast is previewed, started, watched and stopped; its schedule is paused and resumed', async () => {
  const page = await open('/broadcasts');
  await region(page, 'sale').getByText('People who have the tag buyer, and were active in the last').waitFor();
  await button(page, 'Who would get it? sale').click();
  const preview = page.getByRole('group', { name: 'Preview of sale' });
  await preview.getByText('0 people would get edition 1').waitFor();
  await preview.getByText('Meta does not take').first().waitFor();
  await preview.getByText('Some of those').click();
  await preview.getByRole('link', { name: 'Ana Sousa' }).waitFor();
  await preview.getByLabel('Edition').fill('2');
  await button(page, 'Count again').click();
  await preview.getByText('edition 2').waitFor();
  await button(page, 'Close').click();

  await button(page, 'Start sale').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Edition').fill('spring');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('group', { name: 'Progress of sale' }).getByText('Meta does not take').waitFor();
  await confirm(page, 'Stop sale', 'Stop');
  await region(page, 'sale').getByText('stopped by an operator').waitFor({ timeout: 20_000 });

  await button(page, 'Pause the schedule of nightly').click();
  await done(page, 'nightly does not start by itself.');
  await button(page, 'Resume the schedule of nightly').click();
  await done(page, 'nightly starts by itself again.');
  expect(await region(page, 'sale').textContent()).toContain('Edition spring');
});

test('a viewer reads, and sees no button that would be refused', async () => {
  const page = await open('/health', { operator: { name: 'Vic', role: 'viewer' } });
  await rows(page, 'Events that could not be delivered').first().waitFor();
  expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: /Retry|Drop/ }).count()).toBe(0);
  await page.evaluate(`location.hash = '#/broadcasts'`);
  await region(page, 'survey').waitFor();
  expect(await page.getByRole('button', { name: /Start|Who would/ }).count()).toBe(0);
  await page.evaluate(`location.hash = '#/admin'`);
  await page.getByText('Only admins see this.').waitFor();
});

test('Health says in words what is wrong; what has failed is retried or dropped', async () => {
  const page = await open('/health');
  const health = region(page, `Page ${PAGE}`);
  await health.getByText('Nothing is sent since').waitFor();
  await health.getByText('Meta refused it').waitFor();
  await page
    .getByRole('button', { name: /^Drop message/ })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drop', exact: true }).click();
  await done(page, 'It is given up for good.');
  await region(page, 'Events that could not be delivered').getByText('There are none.').waitFor();
  await region(page, 'Conversations that the bot has stopped')
    .getByRole('button', { name: /^Retry/ })
    .click();
  await done(page, 'The bot tries it again.');

  const posts = region(page, 'Posts that were given up');
  await posts.getByRole('button', { name: 'Drop lead.created for crm' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drop', exact: true }).click();
  await done(page, 'It is deleted.');
  await posts.getByRole('button', { name: 'Retry lead.created for crm' }).first().click();
  await done(page, 'They are being posted again.');
  await expect.poll(() => rows(page, 'Posts that were given up').count()).toBe(0);
});

test('an admin adds, disables and enables an operator, and the log says so', async () => {
  const page = await open('/admin/operators', { expected: REFUSED });
  await button(page, 'Add an operator …').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Zoe');
  await dialog.getByLabel('May').selectOption('Read (viewer)');
  await dialog.getByLabel('Password').fill('correct horse battery');
  await dialog.getByLabel('Only these Pages').fill(PAGE);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await done(page, 'Zoe may log in.');
  await confirm(page, 'Disable Zoe', 'Disable');
  await done(page, 'Zoe is disabled.');
  await button(page, 'Enable Zoe').click();
  await done(page, 'Zoe may log in again.');

  await button(page, 'Add an operator …').click();
  await dialog.getByLabel('Name').fill('zoe');
  await dialog.getByLabel('Password').fill('correct horse battery');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('alert').getByText(/zoe/i).waitFor();
  await button(page, 'Cancel').click();

  await page.getByRole('link', { name: 'Operator log' }).click();
  await rows(page, 'Operator log').getByText('Enable operator').waitFor();
  await button(page, 'Refresh').click();
  await rows(page, 'Operator log').getByText('Refused (409)').waitFor();
  expect((await stage.store.operators.find('Zoe'))?.pages).toEqual([PAGE]);
});

test('an admin adds a destination, sees its secret once, makes another, and removes it', async () => {
  const page = await open('/admin/webhooks');
  await button(page, 'Add a destination …').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('shop');
  await dialog.getByLabel('Address').fill('https://shop.example/hook');
  await dialog.getByLabel('An opt-out').check();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const secret = dialog.getByLabel('Secret');
  await secret.waitFor();
  const first = await secret.inputValue();
  expect(first).toMatch(/^whsec_/);
  await button(page, 'Copy').click();
  await dialog
    .getByRole('status')
    .getByText(/Copied|copy it yourself/)
    .waitFor();
  await button(page, 'I have it').click();
  await rows(page, 'Destinations').getByText('opt-out').waitFor();

  await confirm(page, 'New secret for shop', 'New secret');
  await secret.waitFor();
  expect(await secret.inputValue()).not.toBe(first);
  await button(page, 'I have it').click();
  await stage.store.destinations.disable('shop', 'It answered 410.', Date.now());
  await page.reload();
  await button(page, 'Enable shop').click();
  await done(page, 'shop is enabled.');
  await confirm(page, 'Remove shop', 'Remove');
  await done(page, 'shop is removed.');
});

test('an admin saves, changes and deletes a reply; a wrong placeholder is told', async () => {
  const page = await open('/admin', { expected: REFUSED });
  await button(page, 'Add a reply …').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Hours');
  await dialog.getByLabel('Text').fill('Hi {{firstname}}');
  await button(page, 'Save').click();
  await page.getByRole('alert').getByText('There is no placeholder').waitFor();
  await dialog.getByLabel('Text').fill('Hi {{firstName|there}}, we open at 9.');
  await button(page, 'Save').click();
  await done(page, '“Hours” is saved.');
  await button(page, 'Edit Hours').click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Opening hours');
  await button(page, 'Save').click();
  await done(page, '“Opening hours” is saved.');
  await rows(page, 'Saved replies').getByText('Hi {{firstName|there}}, we open at 9.').waitFor();
  await confirm(page, 'Delete Opening hours', 'Delete');
  await page.getByText('No reply is saved yet.').waitFor();

  await page.getByRole('link', { name: 'Retention' }).click();
  await page.getByText('How long data are kept').waitFor();
  expect(await page.getByRole('definition').count()).toBeGreaterThan(8);
});
