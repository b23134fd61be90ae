import { expect, test } from 'vitest';
import { findAccessibilityProblems } from '../support/accessibility.ts';
import { openStrictPage, useBrowser } from '../support/browser.ts';
import { startTalk } from '../support/talk.ts';

const browser = useBrowser();

/** The page beside the shop's bot, as a new person sees it. */
async function openShop(width = 1280, colorScheme: 'light' | 'dark' = 'light') {
  const talk = await startTalk('examples/shop/bot.ts', { startsAt: '10:00' });
  const url = `${talk.stage.url}/simulator`;
  const page = await openStrictPage(browser(), url, { viewport: { width, height: 800 }, colorScheme });
  await page.goto(`${url}#${talk.psid}`);
  await page.reload();
  await page.getByText('has not written yet').waitFor();
  const log = page.getByRole('log');
  const events = page.getByRole('list', { name: 'Events' }).locator('> li');
  async function write(text: string, answer: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.keyboard.press('Enter');
    await log.getByText(answer, { exact: true }).last().waitFor();
    await talk.settles();
  }
  return { ...talk, page, log, events, write };
}

test('a lead from Get Started to the last follow-up of its week: what the bot knows, plans and says', async () => {
  const { page, log, events, write } = await openShop();
  await log.getByRole('button', { name: 'Get Started' }).click();
  await log.getByText('Hi! Ask me about hours or prices.').waitFor();
  await write('What is your price?', 'Which e-mail may we write to?');
  await write('ana at shop', 'That does not look like an e-mail address.');

  // Who answered, who was asked before, and each step of the way.
  const question = events.filter({ hasText: 'ana at shop' });
  await question.getByText('lead-capture').first().click();
  const answers = question.getByRole('list', { name: "Answers of the bot's parts" });
  await answers.getByText('handoff').first().waitFor();
  const answered = await answers.getByRole('listitem').allTextContents();
  expect(answered).toEqual(expect.arrayContaining(['handoff onMessage pass', 'lead-capture afterMessage handled']));
  const steps = question.getByRole('list', { name: 'What became of it' });
  await steps.getByText('dispatched', { exact: true }).waitFor();
  await steps.getByText("Meta's rules allow it as RESPONSE.").first().waitFor();

  await page.getByRole('button', { name: 'Inside the bot' }).click();
  const inside = page.getByRole('group', { name: 'Inside the bot' });
  await inside.getByText('"isGreeted": true').waitFor();
  await inside.getByText('lead-capture: the window closes soon').waitFor();
  await write('ana@shop.example', 'And your name?');
  await write('Ana', 'Thank you! We will send you our prices.');
  const sequences = inside.getByRole('region', { name: 'Running sequences' });
  await sequences.getByText('spring-offer').waitFor();
  await sequences.getByText('Sleeps 2 hours').waitFor();
  expect(await findAccessibilityProblems(page)).toEqual([]);

  // To what is due next, by its name; and what happened on the way.
  await page.getByRole('button', { name: 'To what is next: spring-offer: Sleeps 2 hours' }).click();
  const done = page.getByRole('status', { name: 'Last action' });
  await done.getByRole('button', { name: 'Any questions about our offer?' }).waitFor();
  await page.getByRole('button', { name: '+7 days' }).click();
  await done.getByRole('button', { name: 'Our spring offer ends tonight.' }).click();
  await log.getByText('Our spring offer ends tonight.').waitFor();
  await events.filter({ hasText: 'Our spring offer ends tonight.' }).getByText('200 OK').waitFor();
});

test('the timeline is searched and filtered', async () => {
  const { page, events, write, stage, psid, settles } = await openShop();
  await write('hours', 'We are open 9 to 5, Monday to Friday.');
  await write('do you ship?', 'We ship within two days.');
  const search = page.getByRole('searchbox', { name: 'Search in events' });
  await search.fill('ship');
  await events.filter({ hasText: 'Monday' }).first().waitFor({ state: 'detached' });
  expect(await events.filter({ hasText: 'We ship within two days.' }).count()).toBe(1);
  await search.fill('');
  await page.getByRole('combobox', { name: 'Which events' }).selectOption('By the person');
  await events.filter({ hasText: 'We ship within two days.' }).waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Which events' }).selectOption('Problems');
  await events.getByText('Nothing fits the filter.').waitFor();
  stage.simulator.fault({ kind: 'error', code: 551, psid });
  stage.simulator.says(psid, 'hours');
  await settles();
  await events.filter({ hasText: 'refused 551' }).waitFor();
});

test('a webhook is copied as curl, delivered again, and edited', async () => {
  const { page, events, log, write, stage, psid } = await openShop();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await write('hours', 'We are open 9 to 5, Monday to Friday.');
  const said = events.filter({ hasText: 'hours' }).first();
  await said.getByText('Webhook').click();
  await said.getByRole('button', { name: 'Copy as curl' }).click();
  await page.getByRole('status', { name: 'Last action' }).getByText('Copied').waitFor();
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
  expect(copied).toContain(`curl -X POST '${stage.url}/webhook'`);
  expect(copied).toMatch(/x-hub-signature-256: sha256=[0-9a-f]{64}/);

  await said.getByRole('button', { name: 'Deliver again' }).click();
  await said.getByText('taken after 2 tries').waitFor();

  await said.getByRole('button', { name: 'Edit' }).click();
  const body = said.getByRole('textbox', { name: 'Body of the webhook' });
  const edited = (await body.inputValue()).replace('"hours"', '"do you ship?"').replace(/"mid": "m_/, '"mid": "m_x');
  await body.fill(edited);
  await said.getByRole('button', { name: 'Sign and deliver' }).click();
  await events.filter({ hasText: 'a webhook edited by hand' }).getByText('taken').waitFor();
  await log.getByText('We ship within two days.').waitFor();

  await body.fill('no webhook at all');
  await said.getByRole('button', { name: 'Sign and deliver' }).click();
  await events.filter({ hasText: 'a webhook edited by hand' }).getByText('tried 1×').waitFor();
  expect(stage.simulator.thread(psid).bubbles.filter(({ author }) => author === 'person')).toHaveLength(1);
});
