/** What the README shows is what happens: its bot talks, and its test passes. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { simulate } from 'everthread/testing';
import { afterAll, expect, test } from 'vitest';
import { codeBlocks, moduleOf } from '../docs/code-blocks.ts';

/** Inside the repository, so that `everthread` resolves to this very package; the tests start in it, as a reader's do. */
const folder = join(import.meta.dirname, '..', '..', '.cache', 'readme');
const before = process.cwd();
mkdirSync(folder, { recursive: true });
process.chdir(folder);
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const files = codeBlocks('README.md').map((block) => {
  const [, name = ''] = /^\/\/ ([\w.-]+\.ts)/.exec(block.code) ?? [];
  writeFileSync(join(folder, name), moduleOf(block));
  return name;
});

// The README's own test becomes one of ours.
await import(pathToFileURL(join(folder, 'bot.test.ts')).href);

test('the bot of the README counts, answers, and follows up', async () => {
  expect(files).toEqual(['count.ts', 'spring-offer.ts', 'bot.ts', 'bot.test.ts']);
  await using talk = await simulate('./bot.ts', { startsAt: '10:00' });
  await talk.says('When do you open?');
  expect(talk.heard()).toEqual(['Hi! Ask me about hours or prices.', 'We are open 9 to 5, Monday to Friday.']);
  await talk.says('count');
  expect(talk.heard()).toEqual(['You wrote 2 messages.']);
  await talk.says('price');
  await talk.says('ana@shop.example');
  await talk.says('Ana');
  await talk.skip('2 hours');
  expect(talk.heard().at(-1)).toBe('Any questions about our offer?');
});
