import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPages } from '../../src/config/index.ts';
import { fixedPages, watchPages, type ServedPages } from '../../src/graph/pages.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SHOP = '104857600123456';
const CAFE = '104857600999999';

/** Pages of a running process, what it logged, and the Pages whose tokens changed. */
function watched(env: NodeJS.ProcessEnv) {
  const lines: string[] = [];
  const told: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const pages = watchPages({ read: () => readPages(env), log: { info: write, error: write }, everyMs: 10 });
  onTestFinished(() => pages.close());
  pages.onTokenChanged((pageId) => void told.push(pageId));
  return { pages, lines, told };
}

/** Waits for the condition, until the test's own time limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function tokens(pages: ServedPages) {
  return Object.fromEntries(pages.ids().map((pageId) => [pageId, pages.accessToken(pageId)]));
}

function list(...entries: object[]): string {
  return JSON.stringify(entries);
}

test('a new token is used without a restart, and listeners are called', async () => {
  const file = join(temporaryFolder(), 'pages.json');
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'old' }, { pageId: CAFE, accessToken: 'cafe' }));
  const { pages, lines, told } = watched({ MESSENGER_PAGES_FILE: file });
  expect(tokens(pages)).toEqual({ [SHOP]: 'old', [CAFE]: 'cafe' });

  writeFileSync(file, list({ pageId: SHOP, accessToken: 'new' }, { pageId: CAFE, accessToken: 'cafe' }));
  await until(() => told.length > 0);

  expect(tokens(pages)).toEqual({ [SHOP]: 'new', [CAFE]: 'cafe' });
  expect(told).toEqual([SHOP]);
  expect(lines).toEqual([expect.stringContaining(SHOP)]);
});

test('a mounted secret that is replaced by moving links is noticed', async () => {
  const folder = temporaryFolder();
  const put = (version: string, token: string) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'token'), token);
    symlinkSync(version, join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));
  };
  put('first', 'old\n');
  symlinkSync(join('..data', 'token'), join(folder, 'token'));
  const { pages, told } = watched({
    MESSENGER_PAGE_ID: SHOP,
    MESSENGER_PAGE_ACCESS_TOKEN_FILE: join(folder, 'token'),
  });
  expect(pages.accessToken(SHOP)).toBe('old');

  put('second', 'new\n');
  await until(() => told.length > 0);

  expect(pages.accessToken(SHOP)).toBe('new');
});

test.each([
  ['half of it is written', (file: string) => writeFileSync(file, '[{"pageId":"1048576')],
  ['it is empty', (file: string) => writeFileSync(file, '')],
  ['it is gone', (file: string) => rmSync(file)],
  ['it lists no Page', (file: string) => writeFileSync(file, '[]')],
])('while the file cannot be read (%s), the tokens stay, with one complaint', async (_, spoil) => {
  const file = join(temporaryFolder(), 'pages.json');
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'old' }));
  const { pages, lines, told } = watched({ MESSENGER_PAGES_FILE: file });

  spoil(file);
  await until(() => lines.length > 0);
  expect(tokens(pages)).toEqual({ [SHOP]: 'old' });
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'new' }));
  await until(() => told.length > 0);

  expect(tokens(pages)).toEqual({ [SHOP]: 'new' });
  expect(lines).toEqual([
    expect.stringMatching(/^The Pages cannot be read.*pages\.json/),
    'The Pages can be read again {}',
    expect.stringContaining('The tokens of these Pages changed'),
  ]);
});

test('the Page of a broken entry keeps its token, and the others are updated', async () => {
  const folder = temporaryFolder();
  const [file, cafe] = [join(folder, 'pages.json'), join(folder, 'cafe-token')];
  writeFileSync(cafe, 'cafe');
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'old' }, { pageId: CAFE, accessTokenFile: 'cafe-token' }));
  const { pages, lines, told } = watched({ MESSENGER_PAGES_FILE: file });

  rmSync(cafe);
  await until(() => lines.length > 0);
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'new' }, { pageId: CAFE, accessTokenFile: 'cafe-token' }));
  await until(() => told.length > 0);

  expect(tokens(pages)).toEqual({ [SHOP]: 'new', [CAFE]: 'cafe' });
  expect(lines[0]).toContain(`entry 2 (Page ${CAFE}): ${cafe} cannot be read`);
});

test('a Page that left the list is no longer served, a new one is', async () => {
  const file = join(temporaryFolder(), 'pages.json');
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'shop' }));
  const { pages, told } = watched({ MESSENGER_PAGES_FILE: file });

  writeFileSync(file, list({ pageId: CAFE, accessToken: 'cafe', messagesPerSecond: 5 }));
  await until(() => told.length > 1);

  expect(tokens(pages)).toEqual({ [CAFE]: 'cafe' });
  expect(pages.accessToken(SHOP)).toBeUndefined();
  expect(pages.messagesPerSecond(CAFE)).toBe(5);
});

test('no token is logged, whatever happens to the file', async () => {
  const file = join(temporaryFolder(), 'pages.json');
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'hunter2-old' }));
  const { lines, told } = watched({ MESSENGER_PAGES_FILE: file });

  const broken = [
    '[{"pageId": "hunter2", "accessToken": "hunter2"}]',
    list({ pageId: SHOP, accessToken: 'x', 'hunter2 hunter2': 1 }),
    '["hunter2"]',
    'hunter2',
    '{"a":hunter2',
    list({ pageId: SHOP, accessToken: 'hunter2 hunter2' }),
  ];
  for (const text of broken) {
    const before = lines.length;
    writeFileSync(file, text);
    await until(() => lines.length > before);
    writeFileSync(file, list({ pageId: SHOP, accessToken: 'hunter2-old' }));
    await until(() => lines.length > before + 1);
  }
  writeFileSync(file, list({ pageId: SHOP, accessToken: 'hunter2-new' }));
  await until(() => told.length > 0);

  expect(lines.join('\n')).not.toContain('hunter2');
});

test('fixed Pages have their token, and there are no others', () => {
  const pages = fixedPages({ [SHOP]: 'shop' });
  expect([...pages.ids()].map((pageId) => pages.accessToken(pageId))).toEqual(['shop']);
  expect(pages.accessToken('toString')).toBeUndefined();
  expect(pages.messagesPerSecond(SHOP)).toBe(40);
});
