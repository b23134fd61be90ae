import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { BotBundle, BundlingOptions } from '../../src/temporal/bundling/bundle-bot.ts';
import { reuseBundle } from '../../src/temporal/bundling/bundle-cache.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OLD = new Date('2026-10-01');

let folder: string;
let cache: string;
let bot: string;
let hours: string;
let builds: number;

beforeEach(() => {
  folder = temporaryFolder();
  cache = join(folder, 'cache');
  [bot, hours] = [join(folder, 'bot.ts'), join(folder, 'hours.ts')];
  save(bot, 'a bot');
  save(hours, 'nine to five');
  builds = 0;
});

function save(file: string, content: string, at = OLD): void {
  writeFileSync(file, content);
  utimesSync(file, at, at);
}

async function bundle(ofBot = bot, options: BundlingOptions = {}): Promise<string> {
  const build = async () => {
    builds += 1;
    const code = readFileSync(hours, 'utf8');
    const facts = { fields: [], activities: [], sequences: [] };
    const missing = [join(folder, 'hours.js')];
    const built: BotBundle = { code, sourceMap: '', facts, files: [ofBot, hours], missing };
    return { bundle: built, notes: [{ kind: 'warning', text: `It opens ${code}.` }] } as const;
  };
  const { bundle: found, notes } = await reuseBundle(ofBot, cache, build, options);
  expect(notes).toEqual([{ kind: 'warning', text: `It opens ${found.code}.` }]);
  return found.code;
}

test('a bundle is used again, with what was said while it was made, until the content of a file changes', async () => {
  await bundle();
  expect(await bundle()).toBe('nine to five');
  // Another time alone is no other content.
  save(hours, 'nine to five', new Date('2026-10-02'));
  expect(await bundle()).toBe('nine to five');
  expect(builds).toBe(1);

  save(hours, 'nine to four', new Date('2026-10-02'));
  expect(await bundle()).toBe('nine to four');
  expect(builds).toBe(2);
});

test('a file that appears where an import found none, or that is gone, makes a new one', async () => {
  await bundle();
  save(join(folder, 'hours.js'), 'ten to two');
  await bundle();
  expect(builds).toBe(2);
  rmSync(hours);
  await expect(bundle()).rejects.toThrow(/hours\.ts/);
});

test('a file that changes while it is bundled is bundled again', async () => {
  save(hours, 'nine to five', new Date(Date.now() + 60_000));
  await bundle();
  await bundle();
  expect(builds).toBe(2);
});

test('a bundle that was made with other options is another one', async () => {
  for (const options of [{}, { hidesFailures: true }, { recordsCommands: true }, { hidesFailures: true }, {}])
    await bundle(bot, options);
  expect(builds).toBe(3);
});

test('a damaged entry, or a folder that cannot be written, costs a bundling and nothing else', async () => {
  await bundle();
  const [entry = ''] = readdirSync(cache);
  writeFileSync(join(cache, entry), '{"bundle":{"code":"');
  expect(await bundle()).toBe('nine to five');
  expect(builds).toBe(2);
  cache = join(bot, 'not-a-folder');
  expect(await bundle()).toBe('nine to five');
});

test('the bundles used last stay, and only their owner reads them', async () => {
  await bundle();
  for (let index = 0; index < 40; index += 1) {
    const other = join(folder, `bot-${index}.ts`);
    save(other, 'another bot');
    await bundle(other);
    await bundle();
  }
  expect(builds).toBe(41);
  expect(readdirSync(cache).length).toBeLessThanOrEqual(30);
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  expect(statSync(join(cache, readdirSync(cache)[0] ?? '')).mode & 0o777).toBe(0o600);
});
