import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { openSimulatorPage } from './simulator-page.ts';
import { aSend } from './support.ts';

const browser = useBrowser();
/** It would be an image, and run, if it were HTML. */
const EVIL = '<img src=x onerror="document.title=1"><b>bold</b>';

test('names, texts, titles, payloads, files and tags of others are shown as they are, never run', async () => {
  const plain = {
    missing: [],
    human: { reason: EVIL },
    sequences: [],
    timers: [],
    turns: [],
    unsent: [],
    workflowId: 'w',
  };
  const inside = { ...plain, plugins: [{ name: EVIL, version: 1, state: { note: EVIL } }], tags: [EVIL] };
  const { page, send, simulator } = await openSimulatorPage(browser(), 1280, {
    pageName: EVIL,
    inspector: {
      inspect: async () => inside,
      trace: async () => undefined,
      settled: async () => {},
      end: async () => {},
      record: () => Promise.resolve(undefined),
    },
  });
  simulator.showWordsToTry([EVIL]);
  const { psid } = simulator.addPerson({ firstName: EVIL, lastName: EVIL });
  await page.getByRole('navigation', { name: 'People' }).getByRole('button', { name: EVIL }).click();
  await page.getByRole('group', { name: 'Words to try' }).getByText(EVIL).waitFor();
  simulator.says(psid, EVIL);
  simulator.sendsMedia(psid, 'file', `https://files.example/${encodeURIComponent(EVIL)}`);
  const to = { recipient: { id: psid } };
  await send(aSend(EVIL, to));
  const title = EVIL.slice(0, 20);
  const button = { type: 'postback', title, payload: EVIL };
  const template = { template_type: 'generic', elements: [{ title: EVIL, subtitle: EVIL, buttons: [button] }] };
  await send(aSend({ attachment: { type: 'template', payload: template } }, to));
  await send(aSend({ text: 'Which?', quick_replies: [{ content_type: 'text', title, payload: EVIL }] }, to));
  await page.getByRole('group', { name: 'Quick replies' }).getByRole('button', { name: title }).click();
  await page.getByRole('log').getByRole('button', { name: title }).click();
  await page.getByRole('button', { name: 'Inside the bot' }).click();
  await page.getByRole('group', { name: 'Inside the bot' }).getByText(EVIL).first().waitFor();

  for (const call of await page.getByText('Webhook', { exact: true }).all()) await call.click();
  await page.locator('pre', { hasText: 'onerror' }).first().waitFor();
  expect(await page.locator('img[src="x"], [onerror]').count()).toBe(0);
  expect(await page.getByText('bold', { exact: true }).count()).toBe(0);
  expect(await page.title()).toContain('<img');
});
