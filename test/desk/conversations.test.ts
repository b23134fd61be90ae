/** Operators answer people at the desk, in a real browser, on a real Temporal server. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { OperatorRole } from '../../src/domain/operator.ts';
import { aStageListener } from '../api/operator/a-stage-listener.ts';
import { findAccessibilityProblems } from '../support/accessibility.ts';
import { useBrowser } from '../support/browser.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';
import { openDesk, type DeskOptions } from './support.ts';

const ROLES: Readonly<Record<string, OperatorRole>> = { Ada: 'admin', Mia: 'agent', Tom: 'agent', Vic: 'viewer' };
const browser = useBrowser();
let stage: Stage;
let desk: Awaited<ReturnType<typeof aStageListener>>;

beforeAll(async () => {
  stage = await startStage({ bot: 'test/support/bots/probe/bot.ts', temporalAddress: inject('temporalAddress') });
  desk = await aStageListener(stage);
});
afterAll(async () => {
  await desk.close();
  await stage.stop();
});

/** The desk, with this operator logged in. */
const openFor = (name: string, options: Omit<DeskOptions, 'operator'> = {}) =>
  openDesk(
    browser(),
    { url: desk.url, store: stage.store },
    { operator: { name, role: ROLES[name] ?? 'viewer' }, ...options },
  );

const aPerson = (firstName: string, lastName = 'Sousa') => startTalk('', { stage, person: { firstName, lastName } });
const conversationAt = ({ conversation }: Talk, list = 'all') => `/inbox/${list}/${encodeURIComponent(conversation)}`;
const log = (page: Page) => page.getByRole('log');
const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const whoAnswers = (page: Page) => page.getByRole('status', { name: 'Who answers' });
const heard = (talk: Talk, text: string) => talk.bubbles().filter((bubble) => bubble.text === text).length;
/** The words of the element that has the focus. */
const FOCUSED = `(({ activeElement: element, body }) =>
  element === body ? '' : (element.ariaLabel ?? element.textContent))(document)`;
/** What the browser says of an answer of the API that is an error. */
const CONFLICT = /status of 409/;

describe('two operators', () => {
  test('both take over: one has it, the other sees so; answers after 30 hours go out as human agent, and the bot gets it back', async () => {
    const talk = await aPerson('Ines');
    await talk.says('hand');
    const [mia, tom] = [await openFor('Mia', { expected: CONFLICT }), await openFor('Tom', { expected: CONFLICT })];
    for (const page of [mia, tom]) await page.getByRole('link', { name: /Ines Sousa/ }).click();
    const takeOver = (page: Page) => page.getByRole('button', { name: 'Take over' });
    await Promise.all([takeOver(mia).waitFor(), takeOver(tom).waitFor()]);
    await Promise.all([takeOver(mia).click(), takeOver(tom).click()]);

    await Promise.all([
      whoAnswers(mia)
        .getByText(/answer/)
        .waitFor(),
      whoAnswers(tom)
        .getByText(/answer/)
        .waitFor(),
    ]);
    await until(async () => (await whoAnswers(mia).innerText()) !== (await whoAnswers(tom).innerText()));
    const isMias = (await whoAnswers(mia).innerText()).startsWith('You');
    const [holder, other] = isMias ? [mia, tom] : [tom, mia];
    await other.getByText(`${isMias ? 'Mia' : 'Tom'} answers here.`, { exact: false }).waitFor();
    await other
      .getByRole('alert')
      .getByText(isMias ? 'Mia' : 'Tom', { exact: false })
      .first()
      .waitFor();

    await composer(holder).pressSequentially('Sorry');
    await other.getByRole('status', { name: 'Colleagues here' }).getByText('is typing').waitFor();

    await talk.skip('30 hours');
    await holder.reload();
    await holder.getByRole('status', { name: "What Meta's rules say" }).getByText('As human agent').waitFor();
    await composer(holder).fill('Sorry for the wait');
    await composer(holder).press('Enter');
    await log(other).getByText('Sorry for the wait').waitFor();
    await until(() => heard(talk, 'Sorry for the wait') === 1);
    expect(talk.sends().at(-1)?.send?.how).toBe('MESSAGE_TAG HUMAN_AGENT');

    await holder.getByRole('button', { name: 'Give back' }).click();
    await holder.getByRole('textbox', { name: 'Note for the bot' }).fill('a refund is on its way');
    await holder.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
    await whoAnswers(other).getByText('The bot answers').waitFor();
    await talk.says('handback');
    const answer = `handback answered by ${isMias ? 'Mia' : 'Tom'}: a refund is on its way`;
    for (const page of [mia, tom]) await log(page).getByText(answer).waitFor();
  });

  test('after seven days nothing can be sent, and the composer says why', async () => {
    const talk = await aPerson('Rui');
    await talk.says('hand');
    await talk.skip('8 days');
    const page = await openFor('Mia', { route: conversationAt(talk) });
    await page
      .getByRole('status', { name: "What Meta's rules say" })
      .getByText(/^Meta forbids it: /)
      .waitFor();
    await composer(page).fill('Hello?');
    await composer(page).press('Enter');
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    expect(await composer(page).inputValue()).toBe('Hello?');
    // What was written is there again, and nothing was sent.
    await page.reload();
    expect(await composer(page).inputValue()).toBe('Hello?');
    expect(heard(talk, 'Hello?')).toBe(0);
  });
});

describe('a message goes out once', () => {
  test('with a double Enter, and a reload in mid-send', async () => {
    const talk = await aPerson('Clara');
    await talk.says('hand');
    const page = await openFor('Mia', { route: conversationAt(talk), expected: /ERR_FAILED|Failed to load/ });
    let asked = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => void (release = resolve));
    // The api has the first request, and the page never hears of it; the second one waits until the test has looked.
    await page.route('**/messages', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      asked += 1;
      if (asked > 1) {
        await held;
        return route.fallback();
      }
      await route.fetch();
      return route.abort();
    });
    await composer(page).fill('On its way');
    await Promise.all([composer(page).press('Enter'), composer(page).press('Enter')]);
    await log(page).getByText('On its way').first().waitFor();
    await until(() => heard(talk, 'On its way') === 1);
    await page.reload();
    await until(() => asked >= 2);
    // The transcript has it while the page asks again: it is shown once.
    await log(page).getByText('Looking whether').waitFor();
    await log(page).getByText('On its way').first().waitFor();
    expect(await log(page).getByText('On its way').count()).toBe(1);
    release();
    await log(page).getByText('Looking whether').waitFor({ state: 'detached' });
    expect(await log(page).getByText('On its way').count()).toBe(1);
    expect(heard(talk, 'On its way')).toBe(1);
  });

  test('with a connection that was lost', async () => {
    const talk = await aPerson('Hugo');
    await talk.says('hand');
    const page = await openFor('Mia', { route: conversationAt(talk), expected: /ERR_INTERNET_DISCONNECTED/ });
    await page.getByRole('status', { name: "What Meta's rules say" }).waitFor();
    await page.context().setOffline(true);
    await composer(page).fill('Are you there?');
    await composer(page).press('Enter');
    await log(page).getByText('Sending …').waitFor();
    await page.context().setOffline(false);
    await until(() => heard(talk, 'Are you there?') === 1);
    await log(page).getByText('Sending …').waitFor({ state: 'detached' });
    expect(await log(page).getByText('Are you there?').count()).toBe(1);
  });
});

test('names, messages, tags and notes are shown as they were typed, never run', async () => {
  const html = '<img src=x onerror="document.title=1">';
  const talk = await aPerson(html, '<b>Bold</b>');
  await talk.says(html);
  await talk.says(`tag ${html.replaceAll(' ', '\u00a0')}`);
  const page = await openFor('Mia', { route: conversationAt(talk) });
  await page.getByRole('heading', { level: 2, name: `${html} <b>Bold</b>` }).waitFor();
  await log(page).getByText(html, { exact: true }).first().waitFor();
  await page.getByRole('textbox', { name: 'New note' }).fill(html);
  await page.getByRole('button', { name: 'Add note' }).click();
  await page.getByRole('region', { name: 'Notes' }).getByText(html).waitFor();
  expect(await page.locator('img[src="x"], b').count()).toBe(0);
  expect(await page.title()).toMatch(/Desk$/);
});

test('take over, answer and give back by keyboard alone', async () => {
  const talk = await aPerson('Vera');
  await talk.says('hand');
  const page = await openFor('Mia');
  await page.getByRole('link', { name: /Vera Sousa/ }).waitFor();
  const focused = () => page.evaluate<string>(FOCUSED);
  /** Tab, until something with these words has the focus. */
  async function tabTo(words: string, key = 'Tab'): Promise<void> {
    for (let tabs = 0; tabs < 60 && !(await focused()).includes(words); tabs += 1) await page.keyboard.press(key);
    expect(await focused()).toContain(words);
  }
  await tabTo('Vera Sousa');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Take over' }).waitFor();
  await tabTo('Take over');
  await page.keyboard.press('Enter');
  await whoAnswers(page).getByText('You answer').waitFor();
  // The button is gone, and the operator goes on in the text.
  await expect.poll(focused).toBe('Message');
  await page.keyboard.type('Good morning');
  await page.keyboard.press('Enter');
  await log(page).getByText('Good morning').waitFor();
  await tabTo('Give back', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('all is well');
  await tabTo('Cancel');
  await tabTo('Give back');
  await page.keyboard.press('Enter');
  await whoAnswers(page).getByText('The bot answers').waitFor();
  await until(() => heard(talk, 'Good morning') === 1);
});

test('tags, sequences, notes, saved replies, emoji and messages for later', async () => {
  const talk = await aPerson('Olga');
  await talk.says('hand');
  await stage.store.savedReplies.add({
    name: 'hours',
    text: 'Dear {{firstName}}, we open at nine.',
    pageId: undefined,
  });
  const page = await openFor('Ada', { route: conversationAt(talk) });
  const card = page.getByRole('complementary', { name: /About Olga/ });

  await card.getByRole('textbox', { name: 'New tag' }).fill('vip');
  await card.getByRole('button', { name: 'Add', exact: true }).click();
  await card.getByRole('button', { name: 'Remove the tag vip' }).click();
  await card.getByRole('button', { name: 'Remove the tag vip' }).waitFor({ state: 'detached' });

  await composer(page).press('/');
  await page.getByRole('combobox', { name: 'Search saved replies' }).fill('hou');
  await page.keyboard.press('Enter');
  expect(await composer(page).inputValue()).toBe('Dear Olga, we open at nine.');
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('button', { name: '👍' }).click();
  await composer(page).press('Enter');
  await until(() => heard(talk, 'Dear Olga, we open at nine.👍') === 1);

  await composer(page).fill('Good evening');
  await page.getByRole('button', { name: 'Send later' }).click();
  await page.getByRole('button', { name: 'Send then' }).click();
  const later = card.getByRole('region', { name: 'Sent later' });
  await later.getByText('Good evening').waitFor();
  await later.getByRole('button', { name: 'Cancel' }).click();
  await later.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Opt out: no more updates' }).click();
  await card.getByText('Opted out').waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Assign to an operator …' }).click();
  await page.getByRole('combobox', { name: 'Who answers from now on' }).selectOption('Tom');
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  await whoAnswers(page).getByText('Tom answers').waitFor();
});

test('erase asks for a word first, and begins then', async () => {
  const talk = await aPerson('Nuno');
  await talk.says('hand');
  const page = await openFor('Ada', { route: conversationAt(talk), expected: CONFLICT });
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Erase the person …' }).click();
  const erase = page.getByRole('button', { name: 'Erase for ever' });
  expect(await erase.isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: /to confirm/ }).fill('erase');
  await erase.click();
  await page.getByRole('status', { name: 'Last action' }).getByText('The erasure has begun').waitFor();
});

describe.each([1280, 390])('at %i pixels', (width) => {
  test.each(['light', 'dark'] as const)('axe-core finds nothing wrong in the %s', async (colorScheme) => {
    const talk = await aPerson('Dora');
    await talk.says('hand');
    await talk.says('tag vip');
    const page = await openFor('Ada', { width, colorScheme });
    await page
      .getByRole('link', { name: /Dora Sousa/ })
      .first()
      .waitFor();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.goto(`${desk.url}/desk/#${conversationAt(talk)}`);
    await log(page).getByText('hand', { exact: true }).waitFor();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});

test('a viewer reads and may do nothing', async () => {
  const talk = await aPerson('Pia');
  await talk.says('hand');
  const page = await openFor('Vic', { route: conversationAt(talk) });
  await page.getByText('You may read.', { exact: false }).waitFor();
  for (const name of ['Take over', 'More', 'Add note'])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
});
