import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { messageClass, type Sayable } from '../../src/messenger/outbound/outbound-message.ts';
import { outboundMessages } from '../../src/messenger/outbound/sayable.ts';
import { sendApiRequest } from '../../src/messenger/outbound/send-api.ts';
import { react, senderActionRequest } from '../../src/messenger/outbound/sender-action.ts';
import { everyMessage } from '../messenger/every-message.ts';
import { ANA, startBoth, TOKEN } from './support.ts';

/** Where the pictures of the tests would be; the browser gets them from here, and nothing from anywhere else. */
const SHOP = 'https://shop.example';
const COLOURS: Readonly<Record<string, string>> = { city: '#2e7d32', road: '#1565c0', cargo: '#ef6c00' };

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: inject('chromiumPath'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(() => browser.close());

function picture(name: string): string {
  const colour = COLOURS[name.replace(/\.\w+$/, '')] ?? '#6a1b9a';
  const bicycle =
    '<circle cx="110" cy="140" r="42"/><circle cx="270" cy="140" r="42"/><path d="M110 140l50-75h80l30 75M160 65l40 75h-90M240 65l-8-22h24"/>';
  const drawn = `<g fill="none" stroke="#fff" stroke-width="9">${bicycle}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 380 200"><rect width="380" height="200" fill="${colour}"/>${drawn}</svg>`;
}

async function openPage(width: number) {
  const talk = await startBoth();
  const { simulator, url, send } = talk;
  simulator.says(ANA, 'What do you have?');
  simulator.addPersona({ id: '990022', name: 'Marta' });
  simulator.approveTemplate({ name: 'order_shipped', body: 'Your order {{order_id}} arrives on {{day}}.' });
  simulator.approveTemplate({ name: 'visit', language: 'pt_PT', body: 'Até {{1}} às {{2}}.', buttons: ['Mudar'] });
  const form = new FormData();
  form.append('message', JSON.stringify({ attachment: { type: 'image', payload: {} } }));
  form.append('filedata', new File([picture('cargo')], 'cargo.svg', { type: 'image/svg+xml' }));
  const address = `${url}/graph/v25.0/me/message_attachments?access_token=${TOKEN}`;
  const { attachment_id: uploaded } = (await (await fetch(address, { method: 'POST', body: form })).json()) as {
    attachment_id: string;
  };

  const context = await browser.newContext({ viewport: { width, height: 900 } });
  await context.route(`${SHOP}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const isPicture = name.endsWith('.png');
    await route.fulfill({
      contentType: isPicture ? 'image/svg+xml' : 'video/mp4',
      body: isPicture ? picture(name) : '',
    });
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith(SHOP))
      complaints.push(`asked for ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  async function say(sayable: Sayable): Promise<void> {
    for (const part of outboundMessages(sayable)) {
      const isUtility = messageClass(part.message) === 'utility';
      const request = sendApiRequest({ id: ANA }, { messaging_type: isUtility ? 'UTILITY' : 'RESPONSE' }, part, 's');
      const { json } = await send({ ...request });
      expect(json.error).toBeUndefined();
    }
  }
  const every = everyMessage(SHOP, uploaded);
  const one = (wanted: string) => say(every.find(([name]) => name === wanted)![1]);
  await page.goto(url);
  await page.getByRole('heading', { name: 'Ana Sousa' }).waitFor();
  return { ...talk, page, every, say, one, log: page.getByRole('log') };
}

async function widthOf(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth');
}

describe.each([1280, 390])('at %i pixels', (width) => {
  test('everything a bot can say has its place in one talk', async () => {
    const { page, every, say, simulator, log } = await openPage(width);
    for (const [, sayable] of every) await say(sayable);
    await say({ message: 'Quoting you', replyTo: simulator.thread(ANA).bubbles[0]!.mid });
    await log.getByText('Quoting you').waitFor();
    expect(await log.locator('.row[data-mid]').count()).toBe(every.length + 2);
    expect(
      await log.locator('.content').evaluateAll((rows) => rows.filter((row) => row.clientHeight < 20).length),
    ).toBe(0);
    expect(await widthOf(page)).toBe(width);
    const folder = process.env['SCREENSHOTS'];
    if (folder) await screenshots(page, `${folder}/${width}`);
  });
});

test('a coupon shows its code, and the bot hears of it', async () => {
  const { one, log, bot } = await openPage(1280);
  await one('a coupon');
  await log.getByRole('button', { name: 'Reveal code' }).click();
  await log.getByText('TEN', { exact: true }).waitFor();
  await bot.gets(({ template }) => template !== undefined);
  expect(await log.getByRole('link', { name: 'To the shop' }).getAttribute('href')).toBe(`${SHOP}/`);
});

test('a survey opens its question, and a tap answers it', async () => {
  const { one, log, bot } = await openPage(1280);
  await one('a survey');
  await log.getByText('Rate us', { exact: true }).click();
  await log.getByText('How happy are you?').waitFor();
  await log.getByRole('button', { name: 'Score 4' }).click();
  await log.getByText('You answered 4.').waitFor();
  const told = await bot.gets((item) => 'messaging_feedback' in item);
  expect(JSON.stringify(told)).toContain('"payload":"4"');
});

test('an address form goes back to the bot', async () => {
  const { one, log, bot } = await openPage(1280);
  await one('an address form');
  await log.getByText('Add address', { exact: true }).click();
  await log.getByRole('textbox', { name: 'Street' }).fill('Rua das Flores 12');
  await log.getByRole('textbox', { name: 'Postal code' }).fill('4050-262');
  await log.getByRole('textbox', { name: 'City' }).fill('Porto');
  await log.getByRole('button', { name: 'Send' }).click();
  const told = await bot.gets((item) => 'messaging_customer_information' in item);
  expect(JSON.stringify(told)).toContain('4050-262');
});

test('a picture of a grid answers the bot, another opens a page', async () => {
  const { one, log, bot } = await openPage(1280);
  await one('a grid');
  await log.getByRole('button', { name: 'Picture 2' }).click();
  expect((await bot.gets(({ postback }) => postback !== undefined)).postback).toMatchObject({ payload: 'SHOW:ROAD' });
  expect(await log.getByRole('link', { name: 'Picture 1' }).getAttribute('href')).toBe(`${SHOP}/city`);
});

test('a picture that is not there leaves its name, and an address that runs something leads nowhere', async () => {
  const { send, log, page } = await openPage(1280);
  await page.context().route(`${SHOP}/gone.png`, (route) => route.fulfill({ contentType: 'text/plain', body: '' }));
  await send({ ...messageTo({ attachment: { type: 'image', payload: { url: `${SHOP}/gone.png` } } }) });
  await log.getByText('gone.png', { exact: true }).waitFor();
  const element = { title: 'Odd', default_action: { type: 'web_url', url: 'javascript:alert(1)' } };
  const payload = { template_type: 'generic', elements: [element] };
  await send({ ...messageTo({ attachment: { type: 'template', payload } }) });
  expect(await log.getByRole('link', { name: 'Odd' }).getAttribute('href')).toBe('#');
});

test('a reaction of the Page stands on the message', async () => {
  const { send, log, simulator } = await openPage(1280);
  const mid = simulator.thread(ANA).bubbles[0]!.mid;
  await send({ ...senderActionRequest(ANA, react(mid, '🎉')) });
  await log.locator('.mine .reaction').waitFor();
  expect(await log.locator('.mine .reaction').textContent()).toBe('🎉');
});

function messageTo(message: object): object {
  return { recipient: { id: ANA }, messaging_type: 'RESPONSE', message };
}

/** Pictures of the whole talk, for whoever wants to look: SCREENSHOTS=folder. */
async function screenshots(page: Page, name: string): Promise<void> {
  const log = page.getByRole('log');
  const height = (await log.evaluate((element) => element.scrollHeight)) as number;
  const step = 700;
  for (let top = 0; top < height; top += step) {
    await log.evaluate((element, to) => element.scrollTo(0, to), top);
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: `${name}-${String(top / step).padStart(2, '0')}.png` });
  }
}
