import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { openSimulatorPage } from './simulator-page.ts';
import { ANA, aSend, HOUR, PAGE } from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;
const hours = { content_type: 'text', title: 'Opening hours', payload: 'HOURS' };
const prices = { content_type: 'text', title: 'Prices', payload: 'PRICES' };

const browser = useBrowser();

const message = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true });
const events = (page: Page) => page.getByRole('list', { name: 'Events' }).getByRole('listitem');

const lastAction = (page: Page) => page.getByRole('status', { name: 'Last action' });

/** Resolves when the end of the timeline is in sight. */
async function untilAtEnd(page: Page): Promise<void> {
  // `waitForFunction` would evaluate the text inside the page, which its policy forbids.
  const isAtEnd = `(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.events');
    return clientHeight > 0 && scrollHeight > clientHeight && scrollHeight - scrollTop - clientHeight < 2;
  })()`;
  await expect.poll(() => page.evaluate(isAtEnd), { timeout: 10_000 }).toBe(true);
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

describe.each([1280, 390])('at %i pixels', (width) => {
  test('one writes, the bot answers, one taps a quick reply', async () => {
    const { page, bot, send } = await openSimulatorPage(browser(), width);

    await write(page, 'Hello there');
    await message(page, 'Hello there').waitFor();
    await bot.gets(({ message: got }) => got?.['text'] === 'Hello there');

    await send({ recipient: { id: ANA }, sender_action: 'typing_on' });
    await page.getByRole('status', { name: 'Bicycle Shop is typing' }).waitFor();
    await send(aSend({ text: 'What would you like to know?', quick_replies: [hours, prices] }));
    await message(page, 'What would you like to know?').waitFor();
    await page.getByRole('status', { name: 'Bicycle Shop is typing' }).waitFor({ state: 'detached' });

    const chips = page.getByRole('group', { name: 'Quick replies' }).getByRole('button');
    expect(await chips.allTextContents()).toEqual(['Opening hours', 'Prices']);
    await chips.getByText('Prices').click();
    await message(page, 'Prices').waitFor();
    await chips.first().waitFor({ state: 'detached' });
    const tap = await bot.gets(({ message: got }) => got !== undefined && 'quick_reply' in got);
    expect(tap.message).toMatchObject({ text: 'Prices', quick_reply: { payload: 'PRICES' } });
    await bot.gets((item) => 'read' in item);
  });

  test('nothing is cut off at the side', async () => {
    const { page, send, simulator, isNarrow } = await openSimulatorPage(browser(), width);
    simulator.says(ANA, 'x'.repeat(300));
    await send(aSend({ text: 'Which?', quick_replies: Array(13).fill(prices) }));
    await message(page, 'Which?').waitFor();
    for (const pane of isNarrow ? ['Chat', 'People', 'What happened'] : []) {
      await page.getByRole('button', { name: pane, exact: true }).click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('"What happened" shows the newest event when it is opened, and below more tools', async () => {
    const { page, bot, simulator, isNarrow } = await openSimulatorPage(browser(), width);
    for (let number = 1; number <= 25; number += 1) simulator.says(ANA, `Message ${number}`);
    await message(page, 'Message 25').waitFor();
    const open = async (pane: string) => {
      if (isNarrow) await page.getByRole('button', { name: pane, exact: true }).click();
    };
    await open('What happened');
    await untilAtEnd(page);
    await page.getByText('Do something else').click();
    await untilAtEnd(page);
    await page.getByRole('button', { name: 'Another app takes the thread' }).click();
    await lastAction(page).getByText('Another app has the thread').waitFor();
    await page.getByRole('button', { name: 'The bot gets the thread' }).click();
    await lastAction(page).getByText('The bot has the thread.').waitFor();
    await bot.gets((item) => 'pass_thread_control' in item);
    await untilAtEnd(page);
    await page.getByRole('button', { name: 'Click an ad' }).click();
    await lastAction(page).getByText('Ana clicked an ad').waitFor();

    // A reader who was higher up, and comes back, sees the newest again.
    await page.getByRole('list', { name: 'Events' }).evaluate((list: { scrollTop: number }) => (list.scrollTop = 0));
    await open('Chat');
    await open('What happened');
    if (isNarrow) await untilAtEnd(page);
    expect(await lastAction(page).textContent()).toBe('Ana clicked an ad; the next message names it.');
  });

  test('moving time closes the window, and a refusal says what it means', async () => {
    const { page, send, simulator, isNarrow } = await openSimulatorPage(browser(), width);
    simulator.says(ANA, 'Hello');
    await page.getByText('window open, 24 h left').waitFor();

    if (isNarrow) await page.getByRole('button', { name: 'What happened' }).click();
    await page.getByRole('button', { name: '+25 h' }).click();
    await page.getByText('1 day 1 h ahead').waitFor();
    await lastAction(page)
      .getByText("Ana's clock moved by 1 day 1 h. The timers of the bot's Temporal do not move")
      .waitFor();
    await page.getByRole('button', { name: '+1 h' }).click();
    await page.getByText('1 day 2 h ahead').waitFor();

    await send(aSend('Still there?', { messaging_type: 'UPDATE' }));
    const refused = events(page).filter({ hasText: 'Still there?' });
    await refused.getByText('refused 10/2018278').waitFor();
    await refused.getByText('More than 24 hours since the person last wrote').waitFor();
    await refused.getByText('refused 10/2018278').click();
    await refused.getByText('(#10) This message is sent outside of allowed window').waitFor();

    if (isNarrow) await page.getByRole('button', { name: 'Chat', exact: true }).click();
    await page.getByRole('log').getByRole('button', { name: 'Refused by Meta, 10/2018278' }).waitFor();
    await page.getByText('window closed 2 h ago').waitFor();
    expect(await page.getByRole('log').locator('.bubble').allTextContents()).toEqual(['Hello']);
  });
});

test('a fresh person starts, and another one can be added', async () => {
  const { page, bot } = await openSimulatorPage(browser(), 1280);
  await page.getByRole('log').getByRole('button', { name: 'Get Started' }).click();
  await message(page, 'Get Started').waitFor();
  expect((await bot.gets(({ postback }) => postback !== undefined)).postback).toMatchObject({ payload: 'GET_STARTED' });

  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.getByRole('heading', { name: 'Ben Okafor' }).waitFor();
  await write(page, 'Ben here');
  const { sender } = await bot.gets(({ message: got }) => got?.['text'] === 'Ben here');
  expect(sender.id).toMatch(/^\d{16}$/);
  expect(sender.id).not.toBe(ANA);
  await page.getByRole('button', { name: 'Ana Sousa' }).click();
  await page.getByRole('heading', { name: 'Ana Sousa' }).waitFor();
  expect(await message(page, 'Ben here').count()).toBe(0);
});

test('who writes where nobody is yet becomes the first person', async () => {
  const { page, bot } = await openSimulatorPage(browser(), 390, { people: [] });
  await write(page, 'Anybody there?');
  await page.getByRole('heading', { name: 'Ana Sousa' }).waitFor();
  await message(page, 'Anybody there?').waitFor();
  const { sender } = await bot.gets(({ message: got }) => got?.['text'] === 'Anybody there?');
  expect(sender.id).toMatch(/^\d{16}$/);
});

/** Lets the page's requests of this address wait until `release` is called. */
async function hold(page: Page, address: string): Promise<{ release(): void }> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(`**/${address}`, async (route) => {
    await released;
    await route.continue();
  });
  return { release };
}

test.each([
  ['nobody was there', []],
  ['somebody else is open', [ANA]],
])('who writes while a person is being added writes as that person: %s', async (_, people) => {
  const { page, bot, simulator } = await openSimulatorPage(browser(), 1280, { people });
  const adding = await hold(page, 'api/people');
  await page.getByRole('button', { name: 'Add a person' }).first().click();
  await write(page, 'first words');
  await write(page, 'second words');
  adding.release();
  const first = await bot.gets(({ message: got }) => got?.['text'] === 'first words');
  const second = await bot.gets(({ message: got }) => got?.['text'] === 'second words');
  expect(simulator.people()).toHaveLength(people.length + 1);
  expect([first, second].map(({ sender }) => sender.id)).toEqual(Array(2).fill(simulator.people().at(-1)?.psid));
});

test('nobody is added while the page does not know yet who is there', async () => {
  const { page, simulator } = await openSimulatorPage(browser(), 1280);
  const loading = await hold(page, 'api/state');
  await page.reload();
  const composer = page.getByRole('textbox', { name: 'Message' });
  await composer.waitFor();
  expect(await composer.isDisabled()).toBe(true);
  loading.release();
  await write(page, 'now');
  await message(page, 'now').waitFor();
  expect(simulator.people()).toHaveLength(1);
});

test('a card shows its buttons, and taps arrive as postbacks', async () => {
  const { page, bot, send, simulator } = await openSimulatorPage(browser(), 1280);
  simulator.says(ANA, 'Hello');
  const buttons = [
    { type: 'postback', title: 'Keep one', payload: 'KEEP' },
    { type: 'web_url', title: 'See all', url: 'https://shop.example/' },
    { type: 'web_url', title: 'Odd', url: 'javascript:alert(1)' },
  ];
  const payload = { template_type: 'button', text: 'Shall we keep one?', buttons };
  await send(aSend({ attachment: { type: 'template', payload } }));
  await page.getByRole('log').getByRole('button', { name: 'Keep one' }).click();
  expect((await bot.gets(({ postback }) => postback !== undefined)).postback).toMatchObject({ payload: 'KEEP' });
  expect(await page.getByRole('link', { name: 'See all' }).getAttribute('href')).toBe('https://shop.example/');
  expect(await page.getByRole('link', { name: 'Odd' }).getAttribute('href')).toBe('#');
});

test('what is written is shown as it is, never run', async () => {
  const { page, send, simulator } = await openSimulatorPage(browser(), 1280);
  const evil = '<img src=x onerror="document.title=1"><b>bold</b>';
  simulator.says(ANA, evil);
  await send(aSend(evil));
  await message(page, evil).nth(1).waitFor();
  expect(await page.getByRole('log').locator('b, img').count()).toBe(0);
});

test('the right side tells how a webhook and a send went', async () => {
  const { page, bot, send, simulator } = await openSimulatorPage(browser(), 1280, {
    temporalUiUrl: 'http://127.0.0.1:8233',
  });
  bot.answers.push(503, 503);
  await write(page, 'Anybody there?');
  const said = events(page).filter({ hasText: 'Anybody there?' });
  await said.getByText('taken after 3 tries').waitFor();
  await said.getByText('taken after 3 tries').click();
  await said.getByText('"object": "page"').waitFor();

  await page.getByText('Do something else').click();
  await page.getByText('Break something at Meta').click();
  await page.getByRole('button', { name: 'Cut after it was delivered' }).click();
  await page.getByText('Waiting for the next send: cut after.').waitFor();
  await expect(send(aSend('Yes!'))).rejects.toThrow('fetch failed');
  await page.getByText('Waiting for the next send').waitFor({ state: 'hidden' });
  await page.getByRole('list', { name: 'What faults have hit' }).getByRole('button', { name: 'Yes!' }).click();
  const sent = events(page).filter({ hasText: 'Yes!' });
  await sent.getByText('no answer').waitFor();
  await sent.getByText('delivered, then the connection was cut').waitFor();
  await message(page, 'Yes!').waitFor();

  await page.getByRole('textbox', { name: 'Answer from the Page inbox' }).fill('Marta here');
  await page.getByRole('button', { name: 'Answer', exact: true }).click();
  await page.getByRole('log').getByText('Staff, from the Page inbox').waitFor();
  expect(simulator.thread(ANA).bubbles.at(-1)).toMatchObject({ author: 'inbox', text: 'Marta here' });
  expect(await page.getByRole('link', { name: 'Open in Temporal' }).getAttribute('href')).toContain(ANA);
});

test('a reaction is put on and taken off', async () => {
  const { page, bot, send, simulator } = await openSimulatorPage(browser(), 1280);
  simulator.says(ANA, 'Hello');
  await send(aSend('Hi Ana'));
  await message(page, 'Hi Ana').hover();
  await page.getByLabel('React', { exact: true }).click();
  await page.getByRole('button', { name: 'love', exact: true }).click();
  await page.getByRole('log').locator('.reaction').waitFor();
  expect(await bot.gets(({ reaction }) => reaction !== undefined)).toMatchObject({ reaction: { reaction: 'love' } });
  await page.getByLabel('React', { exact: true }).click();
  await page.getByRole('button', { name: 'Take love back' }).click();
  await page.getByRole('log').locator('.reaction').waitFor({ state: 'detached' });
});

test('the time machine moves the clock when there is one', async () => {
  const machine: { skip?: (ms: number) => void } = {};
  const timeMachine = { skip: async (_: string, ms: number) => machine.skip?.(ms) };
  const { page, simulator } = await openSimulatorPage(browser(), 1280, { timeMachine });
  machine.skip = (ms) => simulator.moveClock(conversation, ms);
  await page.getByRole('button', { name: '+25 h' }).click();
  await page.getByText('1 day 1 h ahead').waitFor();
  await lastAction(page).getByText("Ana's clock moved by 1 day 1 h.", { exact: true }).waitFor();
  expect(await page.getByText('do not move').count()).toBe(0);
  expect(simulator.people()[0]!.clockAheadMs).toBe(25 * HOUR);

  const tomorrow = new Date(simulator.clock.now(conversation) + 26 * HOUR).toISOString().slice(0, 16);
  await page.getByLabel('Day and time').fill(tomorrow);
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await page.getByText('2 days 2 h ahead').waitFor();
});
