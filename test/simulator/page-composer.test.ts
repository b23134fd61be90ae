import { describe, expect, test } from 'vitest';
import { findAccessibilityProblems } from '../support/accessibility.ts';
import { useBrowser } from '../support/browser.ts';
import { openSimulatorPage } from './simulator-page.ts';
import { aSend } from './support.ts';

const browser = useBrowser();
const PROFILE = {
  greeting: [{ locale: 'default', text: 'Welcome to the Bicycle Shop' }],
  get_started: { payload: 'START' },
  ice_breakers: [{ locale: 'default', call_to_actions: [{ question: 'Where are you?', payload: 'WHERE' }] }],
  persistent_menu: [
    { locale: 'default', call_to_actions: [{ type: 'postback', title: 'Opening hours', payload: 'HOURS' }] },
  ],
  commands: [{ locale: 'default', commands: [{ name: 'help', description: 'Says what the bot can do' }] }],
};

describe.each([1280, 390])('at %i pixels', (width) => {
  test('replies, edits, messages taken back, stickers, places, files, the menu and commands', async () => {
    const { page, bot, send, simulator } = await openSimulatorPage(browser(), width);
    simulator.applyProfile(PROFILE);
    await page.getByText('Welcome to the Bicycle Shop').waitFor();
    const log = page.getByRole('log');
    const write = async (text: string) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.keyboard.press('Enter');
    };

    await page.getByRole('group', { name: 'Ice breakers' }).getByRole('button', { name: 'Where are you?' }).click();
    await bot.gets(({ postback }) => (postback as { payload?: string } | undefined)?.payload === 'WHERE');
    await send(aSend('In Porto'));

    await log.getByText('In Porto').hover();
    await log.getByLabel('React').click();
    await log.getByRole('button', { name: 'Reply', exact: true }).click();
    await page.getByText('Replies to').waitFor();
    await write('Which street?');
    await bot.gets(({ message }) => message?.['text'] === 'Which street?' && 'reply_to' in message);

    const own = log.getByText('Which street?', { exact: true });
    await own.hover();
    await log.getByLabel('Change the message').last().click();
    await log.getByRole('button', { name: 'Edit', exact: true }).last().click();
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('Which street?');
    await write('Which avenue?');
    await bot.gets((item) => 'message_edit' in item);
    await log.getByText('Which avenue?', { exact: true }).waitFor();

    const more = async (name: string) => {
      await page.getByLabel('More to send').click();
      await page.getByRole('group', { name: 'What to send' }).getByRole('button', { name, exact: true }).click();
    };
    await more('Like');
    await bot.gets(({ message }) => JSON.stringify(message ?? {}).includes('sticker_id'));
    await more('Location');
    await bot.gets(({ message }) => JSON.stringify(message ?? {}).includes('location'));
    await more('Opening hours');
    await bot.gets(({ postback }) => (postback as { payload?: string } | undefined)?.payload === 'HOURS');
    await page.getByLabel('More to send').click();
    await page.getByLabel('Photo').setInputFiles({
      name: '<img src=x onerror=alert(1)>.png',
      mimeType: 'image/png',
      buffer: Buffer.from('iVBORw0KGgo=', 'base64'),
    });
    await bot.gets(({ message }) => JSON.stringify(message ?? {}).includes('"image"'));

    const edited = log.locator('.row', { hasText: 'Which avenue?' });
    await edited.hover();
    await edited.getByLabel('Change the message').click();
    await edited.getByRole('button', { name: 'Take back' }).click();
    await log.getByText('Took a message back').waitFor();
    expect(await log.getByText('Which avenue?', { exact: true }).count()).toBe(0);
    expect(await findAccessibilityProblems(page)).toEqual([]);
  });

  test('people with a profile arrive in their way; one begins again, one goes, all go', async () => {
    const { page, bot, isNarrow } = await openSimulatorPage(browser(), width, { people: [] });
    const show = async (pane: string) => {
      if (isNarrow) await page.getByRole('button', { name: pane, exact: true }).click();
    };
    await show('People');
    await page.getByText('With a profile, or several').click();
    await page.getByLabel('Name').fill('<b>Zoe</b> Example');
    await page.getByLabel('Language').fill('en_GB');
    await page.getByLabel('Who').selectOption('opens an m.me link');
    await page.getByLabel('Ref, or words').fill('spring');
    await page.getByLabel('How many').fill('2');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: '<b>Zoe</b> Example' }).first().waitFor();
    await bot.gets((item) => JSON.stringify(item).includes('"ref":"spring"'));
    expect(await page.locator('b', { hasText: /^Zoe$/ }).count()).toBe(0);

    const before = page.url();
    await page.getByLabel('More about <b>Zoe</b>').click();
    await page.getByRole('button', { name: 'Restart as somebody new' }).click();
    await expect.poll(() => page.url()).not.toBe(before);
    await page.getByLabel('More about <b>Zoe</b>').click();
    await page.getByRole('button', { name: 'Remove <b>Zoe</b>' }).click();
    await show('People');
    const people = page.getByRole('navigation', { name: 'People' });
    await page.getByText('Clear all').click();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await people.getByRole('button', { name: 'Remove everybody' }).click();
    await show('Chat');
    await page.getByRole('heading', { name: 'Nobody here yet' }).waitFor();
  });
});
