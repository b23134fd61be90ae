import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { openSimulatorPage } from './simulator-page.ts';
import { ANA, aSend } from './support.ts';

const browser = useBrowser();
const EFFECTS = {
  refused: 'refused',
  late: 'taken late',
  answeredWithError: 'delivered, yet answered with an error',
  cutBefore: 'the connection was cut before Meta took it',
  cutAfter: 'delivered, then the connection was cut before the answer',
};

/** Each button of the page: what waits for the next send, how the call ended, what was done to it, and whether the person got it. */
const FACES = [
  {
    name: 'Cut after it was delivered',
    waits: 'cut after',
    ends: 'no answer',
    effect: EFFECTS.cutAfter,
    arrives: true,
  },
  {
    name: 'Cut before it was taken',
    waits: 'cut before',
    ends: 'no answer',
    effect: EFFECTS.cutBefore,
    arrives: false,
  },
  { name: 'Slow by 8 s', waits: 'slow', ends: '200 OK', effect: EFFECTS.late, arrives: true },
  { name: '2: temporary failure', waits: '2', ends: 'refused 2', effect: EFFECTS.refused, arrives: false },
  {
    name: '1/1357046: error, though delivered',
    waits: '1/1357046',
    ends: 'refused 1/1357046',
    effect: EFFECTS.answeredWithError,
    arrives: true,
  },
  {
    name: '613/2534040: rate limit',
    waits: '613/2534040',
    ends: 'refused 613/2534040',
    effect: EFFECTS.refused,
    arrives: false,
  },
  {
    name: '190/463: token expired',
    waits: '190/463',
    ends: 'refused 190/463',
    effect: EFFECTS.refused,
    arrives: false,
  },
  {
    name: '10/1893063: Page restricted',
    waits: '10/1893063',
    ends: 'refused 10/1893063',
    effect: EFFECTS.refused,
    arrives: false,
  },
  { name: '551: person not available', waits: '551', ends: 'refused 551', effect: EFFECTS.refused, arrives: false },
] as const;

const faultButtons = (page: Page): Locator =>
  page.getByRole('group', { name: 'What goes wrong with the next send' }).getByRole('button');

test('each fault is armed by a click, says that it waits, hits one send, and is over', async () => {
  const { page, send, simulator } = await openSimulatorPage(browser(), 1280);
  simulator.says(ANA, 'Hello');
  await page.getByText('Break something at Meta').click();
  expect(await faultButtons(page).allTextContents()).toEqual(FACES.map(({ name }) => name));
  const entries = page.getByRole('list', { name: 'Events' }).locator('> li');
  for (const { name, waits, ends, effect, arrives } of FACES) {
    const text = `Hit by ${waits}`;
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByText(`Waiting for the next send: ${waits}.`).waitFor();
    await page.getByRole('button', { name, exact: true, pressed: true }).waitFor();
    // Where the connection is cut there is no answer.
    await send(aSend(text)).catch(() => undefined);
    await page.getByText('Waiting for the next send').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name, exact: true, pressed: false }).waitFor();
    const hit = entries.filter({ hasText: text });
    await hit.getByText(ends, { exact: true }).waitFor();
    await hit.getByText(`On demand: ${effect}.`).waitFor();
    const hits = page.getByRole('list', { name: 'What faults have hit' });
    await hits.getByRole('button', { name: `“${text}”: ${effect}` }).waitFor();
    const bubbles = simulator.thread(ANA).bubbles.filter((bubble) => bubble.text === text);
    expect(bubbles, name).toHaveLength(arrives ? 1 : 0);
  }
  await send(aSend('All is well again'));
  await entries.filter({ hasText: 'All is well again' }).getByText('200 OK', { exact: true }).waitFor();
});

test('a fault that waits is cleared by a click', async () => {
  const { page } = await openSimulatorPage(browser(), 1280);
  await page.getByText('Break something at Meta').click();
  await page.getByRole('button', { name: '551: person not available' }).click();
  await page.getByText('Waiting for the next send: 551.').waitFor();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page.getByText('Waiting for the next send').waitFor({ state: 'hidden' });
  expect(await page.getByRole('button', { pressed: true }).allTextContents()).toEqual([]);
});
