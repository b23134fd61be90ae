import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOrBuildBundle } from '../../src/testing/stage/bundle-cache.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a bundle is used again until the content of a file changes, whatever its time', async () => {
  const folder = temporaryFolder();
  const [bot, hours] = [join(folder, 'bot.ts'), join(folder, 'hours.ts')];
  const bundles = join(folder, 'bundles');
  const saveHours = (text: string, at: Date) => {
    writeFileSync(hours, `export const HOURS = '${text}';\n`);
    utimesSync(hours, at, at);
  };
  writeFileSync(
    bot,
    `import { defineBot } from 'everthread';\nimport { HOURS } from './hours.ts';\nexport default defineBot({ plugins: [], fallback: HOURS });\n`,
  );
  utimesSync(bot, new Date('2026-10-01'), new Date('2026-10-01'));
  saveHours('Nine to five', new Date('2026-10-01'));
  const built = await readOrBuildBundle(bot, bundles);
  expect(built).toMatchObject({ code: expect.stringContaining('Nine to five') });

  // Marked, so that a bundle from the cache can be told from a new one.
  const codeFile = readdirSync(bundles).find((name) => name.endsWith('.js')) ?? '';
  writeFileSync(join(bundles, codeFile), '// from the cache');
  expect(await readOrBuildBundle(bot, bundles)).toEqual({ code: '// from the cache' });
  saveHours('Nine to five', new Date('2026-10-02'));
  expect(await readOrBuildBundle(bot, bundles)).toEqual({ code: '// from the cache' });

  saveHours('Nine to four', new Date('2026-10-02'));
  expect(await readOrBuildBundle(bot, bundles)).toMatchObject({ code: expect.stringContaining('Nine to four') });
  rmSync(hours);
  await expect(readOrBuildBundle(bot, bundles)).rejects.toThrow(/hours\.ts/);
});
