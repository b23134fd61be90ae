import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { writePagesFile } from '../../src/config/pages-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SHOP = '104857600123456';
const CAFE = '104857600999999';
const shop = { pageId: SHOP, name: 'Shop', accessToken: 'EAASHOP' };

test('a new file is for its owner alone, and is what MESSENGER_PAGES_FILE takes', () => {
  const file = join(temporaryFolder(), 'pages.json');

  expect(writePagesFile(file, [shop])).toEqual({ added: [SHOP], updated: [], elsewhere: [] });

  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { pages } = loadConfig({ MESSENGER_PAGES_FILE: file }, { needs: ['send'] });
  expect(pages.map(({ pageId, name, accessToken }) => [pageId, name, accessToken.reveal()])).toEqual([
    [SHOP, 'Shop', 'EAASHOP'],
  ]);
});

test('in a file that is there only tokens change, and what others wrote stays', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'pages.json');
  const cafe = { pageId: CAFE, accessTokenFile: 'cafe-token' };
  const before = [{ pageId: SHOP, accessToken: 'old', name: 'Our shop', messagesPerSecond: 5 }, cafe, { pageId: '7' }];
  writeFileSync(file, JSON.stringify(before), { mode: 0o644 });

  const written = writePagesFile(file, [shop, { pageId: CAFE, name: 'Café', accessToken: 'EAACAFE' }]);

  expect(written).toEqual({ added: [], updated: [SHOP], elsewhere: [CAFE] });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
    { ...before[0], accessToken: 'EAASHOP' },
    cafe,
    { pageId: '7' },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['pages.json']);
});

test('a link stays a link', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets', 'pages.json'), '[]');
  symlinkSync(join('secrets', 'pages.json'), join(folder, 'pages.json'));

  writePagesFile(join(folder, 'pages.json'), [shop]);

  expect(readFileSync(join(folder, 'secrets', 'pages.json'), 'utf8')).toContain('EAASHOP');
});

test.each(['{"pageId": "1"}', 'half of', '["EAASHOP"]', ''])('a file with %j is left as it is', (content) => {
  const file = join(temporaryFolder(), 'pages.json');
  writeFileSync(file, content);

  expect(() => writePagesFile(file, [shop])).toThrow(expect.objectContaining({ code: 'pages_file_invalid' }));

  expect(readFileSync(file, 'utf8')).toBe(content);
});
