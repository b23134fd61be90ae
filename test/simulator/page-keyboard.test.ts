import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { openSimulatorPage } from './simulator-page.ts';
import { aSend } from './support.ts';

const browser = useBrowser();

test('a whole talk by keyboard alone', async () => {
  const { page, bot, send } = await openSimulatorPage(browser(), 1280, { people: [] });
  const focusOn = async (name: string) => {
    // Each stop of Tab is visible; the page has fewer than 60.
    for (let presses = 0; presses < 60; presses += 1) {
      const label = await page.evaluate(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
      );
      if (label === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach "${name}".`);
  };
  await focusOn('+ Add a person');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ana Sousa' }).waitFor();
  await focusOn('Get Started');
  await page.keyboard.press('Enter');
  await bot.gets((item) => 'postback' in item);
  await send(aSend('Hi Ana'));
  await page.getByRole('log').getByText('Hi Ana').waitFor();
  await focusOn('Message');
  await page.keyboard.type('Where are you?');
  await page.keyboard.press('Enter');
  await bot.gets(({ message }) => message?.['text'] === 'Where are you?');
  // Whoever has written can write on.
  await page.keyboard.type('And when?');
  await page.keyboard.press('Enter');
  await bot.gets(({ message }) => message?.['text'] === 'And when?');
  const hours = { content_type: 'text', title: 'Opening hours', payload: 'HOURS' };
  await send(aSend({ text: 'What now?', quick_replies: [hours] }));
  await page.getByRole('group', { name: 'Quick replies' }).waitFor();
  await focusOn('Opening hours');
  await page.keyboard.press('Enter');
  await bot.gets(({ message }) => message !== undefined && 'quick_reply' in message);
  await focusOn('React');
  await page.keyboard.press('Enter');
  await focusOn('Reply');
  await page.keyboard.press('Enter');
  await page.getByText('Replies to').waitFor();
  await focusOn('Message');
  await page.keyboard.type('Now.');
  await page.keyboard.press('Enter');
  const reply = await bot.gets(({ message }) => message !== undefined && 'reply_to' in message);
  expect(reply.message).toMatchObject({ text: 'Now.' });
});
