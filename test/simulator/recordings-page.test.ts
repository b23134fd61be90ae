/** A conversation of the simulator's page becomes a test that passes as it stands, and the page replays it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTestFile } from '../../src/recording/read-test-file.ts';
import { runTestFile } from '../recording/run-test-file.ts';
import { findAccessibilityProblems } from '../support/accessibility.ts';
import { openStrictPage, useBrowser } from '../support/browser.ts';
import { startTalk } from '../support/talk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const browser = useBrowser();
const TRICKY = [
  `it's "quoted", \`ticked\` and \\ escaped`,
  'two\nlines\r\nand a tab\t',
  '${process.exit(1)} */ <!-- </script>',
  '👩‍👩‍👧 \u2028 \u202e \uFEFF é',
];

async function openPage() {
  const person = { firstName: "O'Neil", lastName: '${x}' };
  const talk = await startTalk('test/support/bots/echo/bot.ts', { startsAt: '10:00', person });
  const url = `${talk.stage.url}/simulator`;
  const page = await openStrictPage(browser(), url, {
    viewport: { width: 1280, height: 800 },
    path: `#${talk.psid}`,
    expected: /status of 4|scontent\.xx\.fbcdn\.net|NAME_NOT_RESOLVED/,
  });
  async function replay(source: string, name = 'saved.test.ts'): Promise<void> {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, source);
    const chooser = page.getByLabel('Test file');
    if (!(await chooser.isVisible())) await page.getByText('Replay a saved test').click();
    await chooser.setInputFiles(path);
  }
  return { ...talk, page, replay, done: page.getByRole('status', { name: 'Last action' }) };
}

test(
  'everything a person did is saved as a test that passes, and replayed as somebody new',
  { timeout: 120_000 },
  async () => {
    const talk = await openPage();
    const { page, done, replay } = talk;
    await talk.getsStarted('poster');
    await talk.opensLink('spring');
    await talk.says('buttons');
    await talk.taps('It\'s "this"');
    await talk.taps('Our hours');
    await talk.says('choice');
    await talk.taps('Yes 👍');
    await talk.says(...TRICKY);
    await talk.reacts('love');
    await talk.says('later');
    await talk.skip('25 hours');
    await talk.says('I am back');

    await page.getByLabel("More about O'Neil").click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a test' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('recorded.test.ts');
    const source = readFileSync(await download.path(), 'utf8');
    expect(source).not.toMatch(/[\u2028\u202e\uFEFF]/);
    expect(
      readTestFile(source)
        .steps.map(({ does }) => does)
        .join(' '),
    ).toBe('getsStarted opensLink says taps taps says taps says reacts says skip skip says');

    await replay(source);
    const end = page
      .getByRole('alert')
      .filter({ hasText: 'saved' })
      .or(done.filter({ hasText: 'Replayed' }));
    await end.waitFor({ timeout: 60_000 });
    expect(await end.textContent()).toBe('Replayed saved.test.ts: the bot said what the test expects.');
    const { hasPassed, output } = await runTestFile(source);
    expect(hasPassed, `${output}\n${source}`).toBe(true);
    await page.getByRole('log').getByText('I am back').first().waitFor();
    await expect.poll(() => page.getByRole('button', { name: "O'Neil ${x}" }).count()).toBe(2);
  },
);

test('the page says which line it cannot read, and where the bot said something else', async () => {
  const { page, replay, done } = await openPage();
  const alert = page.getByRole('alert');
  const aTest = (...lines: readonly string[]) =>
    ["const talk = await simulate('./bot.ts', { person: { firstName: 'Rui' } });", ...lines].join('\n');

  await replay(aTest("await talk.says('hi');", 'await talk.says(process.env.HOME);'));
  await alert.getByText('Line 3 cannot be read: it has more than literal values; nothing is evaluated.').waitFor();

  await replay(aTest("await talk.says('hi');", "expect(talk.heard()).toEqual(['hello']);"));
  await alert.getByText('Line 2: the test expects "hello"; the bot said "hi".').waitFor();

  await replay(aTest("await talk.taps('Nowhere');"));
  await alert.getByText('Line 2: Rui sees no "Nowhere" to tap; there is: nothing.').waitFor();

  await replay(aTest("await talk.says('hi');", 'expect(await talk.leads()).toEqual([]);'));
  await done.getByText('Not read: other expectations in line 3.').waitFor();
  expect(await findAccessibilityProblems(page)).toEqual([]);
});
