import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import {
  type Config,
  type ConfigFor,
  type Need,
  checkConfig,
  ConfigError,
  loadConfig,
  Secret,
  takeSecrets,
  VARIABLE_NAMES,
} from '../../src/config/index.ts';

const EVERYTHING = ['webhook', 'send'] as const satisfies readonly Need[];

const PRODUCTION = {
  MESSENGER_VERIFY_TOKEN: 'a-word-of-our-own',
  MESSENGER_APP_SECRET: '0123456789abcdef0123456789abcdef',
  MESSENGER_PAGE_ACCESS_TOKEN: 'EAATESTTESTTEST',
  MESSENGER_PAGE_ID: '104857600123456',
};

const folder = mkdtempSync(join(tmpdir(), 'everthread-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function aFile(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function messagesFor(env: NodeJS.ProcessEnv, needs: readonly Need[] = []): string[] {
  return checkConfig(env, { needs }).problems.map(({ message }) => message);
}

function tokensOf({ pages }: Config) {
  return Object.fromEntries(pages.map(({ pageId, accessToken }) => [pageId, accessToken.reveal()]));
}

test('what is secret is taken out of an environment once, and what belongs to others stays', () => {
  const env: NodeJS.ProcessEnv = {
    ...PRODUCTION,
    DATABASE_URL: 'postgres://bot:hunter2@db/bot',
    MESSENGER_PAGES: '[]',
    MESSENGER_PAGES_FILE: '/run/secrets/pages.json',
    OPERATOR_PROXY_SECRET: 'a-secret-of-the-proxy',
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_API_KEY: 'a-temporal-key',
    TEMPORAL_TLS_CLIENT_KEY_DATA: 'a-private-key',
    TEMPORAL_GRPC_META_AUTHORIZATION: 'Bearer x',
    OPENAI_API_KEY: 'of the author',
    PORT: '3000',
  };
  const before = { ...env };

  expect(takeSecrets(env)).toEqual(before);
  expect(Object.keys(env).toSorted()).toEqual(
    ['MESSENGER_PAGES_FILE', 'MESSENGER_PAGE_ID', 'OPENAI_API_KEY', 'PORT', 'TEMPORAL_ADDRESS'].toSorted(),
  );
});

describe('defaults', () => {
  test('an empty environment is enough for dev', () => {
    expect(loadConfig({})).toEqual({
      verifyToken: undefined,
      appSecrets: [],
      pageAccessToken: undefined,
      pageId: undefined,
      pages: [],
      messagesPerSecond: 40,
      appId: undefined,
      userAccessToken: undefined,
      resubscribes: false,
      asksForProfile: true,
      hasStackTraces: false,
      cachedWorkflows: undefined,
      policy: { appId: undefined, trustsAdWindow: false },
      deployment: undefined,
      graphUrl: 'https://graph.facebook.com',
      graphVersion: 'v25.0',
      bot: './bot.ts',
      database: { kind: 'sqlite', path: '.everthread/store.db', label: 'file:.everthread/store.db' },
      http: { host: '127.0.0.1', port: 3000, isHostSet: false, isPortSet: false },
      operators: {
        http: { host: '127.0.0.1', port: 3001, isHostSet: false, isPortSet: false },
        url: undefined,
        proxy: undefined,
      },
      privateAddresses: undefined,
      unansweredAfterMs: 900_000,
      publicUrl: undefined,
      retention: {
        rawBodies: 30 * 86_400_000,
        events: 90 * 86_400_000,
        transcript: undefined,
        leads: undefined,
        notes: undefined,
        states: undefined,
        numbers: undefined,
        operatorLog: undefined,
      },
      logLevel: 'info',
    });
  });

  test('an empty text counts as missing', () => {
    const blank = Object.fromEntries(
      VARIABLE_NAMES.flatMap((name) => [
        [name, ''],
        [`${name}_FILE`, ''],
      ]),
    );
    expect(loadConfig({ ...blank, TEMPORAL_ADDRESS: '' })).toEqual(loadConfig({}));
    expect(loadConfig({ PORT: '  ', BOT: ' ' })).toEqual(loadConfig({}));
  });

  test('what was set by hand is told apart from what was not', () => {
    const { http } = loadConfig({ PORT: '3000' });
    expect(http).toEqual({ host: '127.0.0.1', port: 3000, isHostSet: false, isPortSet: true });
  });
});

describe('what a process needs', () => {
  test.each<{ needs: readonly Need[]; missing: string[] }>([
    { needs: [], missing: [] },
    { needs: ['webhook'], missing: ['MESSENGER_VERIFY_TOKEN', 'MESSENGER_APP_SECRET'] },
    { needs: ['send'], missing: ['MESSENGER_PAGE_ACCESS_TOKEN', 'MESSENGER_PAGE_ID'] },
    {
      needs: EVERYTHING,
      missing: ['MESSENGER_VERIFY_TOKEN', 'MESSENGER_APP_SECRET', 'MESSENGER_PAGE_ACCESS_TOKEN', 'MESSENGER_PAGE_ID'],
    },
  ])('$needs is missing $missing in an empty environment', ({ needs, missing }) => {
    const { problems } = checkConfig({}, { needs });
    expect(problems.map(({ variable }) => variable)).toEqual(missing);
    for (const { message } of problems) expect(message).toMatch(/ is missing\. \S+/);
  });

  test('what was asked for is there, for the compiler too', () => {
    const config = loadConfig(PRODUCTION, { needs: [...EVERYTHING, 'page'] });
    expectTypeOf(config.verifyToken).toEqualTypeOf<Secret>();
    expectTypeOf(config.pageId).toEqualTypeOf<string>();
    expectTypeOf(loadConfig({}).pageId).toEqualTypeOf<string | undefined>();
    expectTypeOf<ConfigFor<'webhook'>['pageAccessToken']>().toEqualTypeOf<Secret | undefined>();
    expect(config.verifyToken.reveal()).toBe('a-word-of-our-own');
    expect(config.appSecrets.map((secret) => secret.reveal())).toEqual(['0123456789abcdef0123456789abcdef']);
    expect(config.pageAccessToken.reveal()).toBe('EAATESTTESTTEST');
    expect(config.pageId).toBe('104857600123456');
    expect(tokensOf(config)).toEqual({ '104857600123456': 'EAATESTTESTTEST' });
  });
});

describe('good values', () => {
  test.each<[name: string, value: string, where: string, expected: unknown]>([
    ['MESSENGER_GRAPH_URL', 'https://graph.example/', 'graphUrl', 'https://graph.example'],
    ['MESSENGER_GRAPH_URL', 'http://127.0.0.1:4000', 'graphUrl', 'http://127.0.0.1:4000'],
    ['MESSENGER_GRAPH_URL', 'http://[::1]:4000', 'graphUrl', 'http://[::1]:4000'],
    ['MESSENGER_GRAPH_URL', 'http://192.168.3.4', 'graphUrl', 'http://192.168.3.4'],
    ['MESSENGER_GRAPH_URL', 'http://simulator:3000', 'graphUrl', 'http://simulator:3000'],
    ['MESSENGER_GRAPH_VERSION', 'v26.0', 'graphVersion', 'v26.0'],
    ['MESSENGER_APP_ID', '204857600123456', 'appId', '204857600123456'],
    ['MESSENGER_MESSAGES_PER_SECOND', '300', 'messagesPerSecond', 300],
    ['WORKER_CACHED_WORKFLOWS', '500', 'cachedWorkflows', 500],
    ['PUBLIC_URL', 'https://bot.example.com/', 'publicUrl', 'https://bot.example.com'],
    ['RETENTION_LEADS', '365d', 'retention.leads', 31_536_000_000],
    ['RETENTION_RAW_BODIES', 'off', 'retention.rawBodies', undefined],
    ['MESSENGER_USER_PROFILE', 'off', 'asksForProfile', false],
    ['WORKER_STACK_TRACES', 'on', 'hasStackTraces', true],
    ['MESSENGER_RESUBSCRIBE', 'on', 'resubscribes', true],
    ['BOT', 'bots/shop.ts', 'bot', 'bots/shop.ts'],
    ['LOG_LEVEL', 'WARN', 'logLevel', 'warn'],
    ['DATABASE_URL', 'file:data/a.db', 'database', { kind: 'sqlite', path: 'data/a.db', label: 'file:data/a.db' }],
    ['DATABASE_URL', 'file:///var/a.db', 'database', { kind: 'sqlite', path: '/var/a.db', label: 'file:/var/a.db' }],
    ['HOST', '0.0.0.0', 'http', { host: '0.0.0.0', port: 3000, isHostSet: true, isPortSet: false }],
    ['PORT', '0', 'http', { host: '127.0.0.1', port: 0, isHostSet: false, isPortSet: true }],
    ['PORT', '65535', 'http', { host: '127.0.0.1', port: 65_535, isHostSet: false, isPortSet: true }],
  ])('%s=%s', (name, value, where, expected) => {
    expect(loadConfig({ [name]: value })).toHaveProperty(where, expected);
  });

  test('several app secrets are separated by commas', () => {
    const { appSecrets } = loadConfig({ MESSENGER_APP_SECRET: 'newsecret, oldsecret,' });
    expect(appSecrets.map((secret) => secret.reveal())).toEqual(['newsecret', 'oldsecret']);
  });

  test.each(['postgres', 'postgresql'])('%s:// is PostgreSQL, and its label has no password', (scheme) => {
    const text = `${scheme}://everthread:pass%2Fword@db.example:5432/store?password=again`;
    const { database } = loadConfig({ DATABASE_URL: text });
    if (database.kind !== 'postgres') throw new Error(`expected postgres, got ${database.kind}`);
    expect(database.label).toBe('postgres://db.example:5432/store');
    expect(database.url.reveal()).toBe(text);
  });
});

describe('several Pages', () => {
  const CAFE = '104857600999999';
  const list = (...entries: unknown[]) => JSON.stringify(entries);

  test('the list takes the place of the two variables', () => {
    const token = aFile('cafe-token', 'EAACAFE\n');
    const file = aFile(
      'pages.json',
      list(
        { pageId: '104857600123456', accessToken: 'EAASHOP', name: 'Shop', messagesPerSecond: 10 },
        { pageId: CAFE, accessTokenFile: 'cafe-token' },
      ),
    );
    const config = loadConfig({ MESSENGER_PAGES_FILE: file, MESSENGER_MESSAGES_PER_SECOND: '20' }, { needs: ['send'] });
    expect(tokensOf(config)).toEqual({ '104857600123456': 'EAASHOP', [CAFE]: 'EAACAFE' });
    expect(config.pages.map(({ messagesPerSecond, name }) => [messagesPerSecond, name])).toEqual([
      [10, 'Shop'],
      [20, undefined],
    ]);
    const inline = list({ pageId: CAFE, accessTokenFile: token });
    expect(tokensOf(loadConfig({ MESSENGER_PAGES: inline }))).toEqual({ [CAFE]: 'EAACAFE' });
  });

  test('the list and the two variables go together', () => {
    const env = { ...PRODUCTION, MESSENGER_PAGES: list({ pageId: CAFE, accessToken: 'EAACAFE' }) };
    expect(Object.keys(tokensOf(loadConfig(env, { needs: EVERYTHING })))).toEqual(['104857600123456', CAFE]);
  });

  test('with a list, one of the two variables alone is a mistake', () => {
    const env = { MESSENGER_PAGE_ID: '1', MESSENGER_PAGES: list({ pageId: CAFE, accessToken: 'EAACAFE' }) };
    expect(messagesFor(env, ['send'])).toEqual([expect.stringMatching(/^MESSENGER_PAGE_ACCESS_TOKEN is missing/)]);
  });

  test('a list is no Page for the simulator', () => {
    const env = { MESSENGER_PAGES: list({ pageId: CAFE, accessToken: 'EAACAFE' }) };
    expect(messagesFor(env, ['page'])).toHaveLength(2);
  });

  test.each<[what: string, list: string, complaint: string]>([
    ['no JSON', '[{"pageId": hunter2}]', ' is no JSON'],
    ['no list', '{"pageId": "1"}', ' is no list. Write [{ "pageId": "104857600123456"'],
    ['nobody', '[]', ' lists no Page.'],
    ['a text', list('hunter2'), ' entry 1: is no object.'],
    [
      'no id',
      list({ accessToken: 'hunter2' }),
      " entry 1: pageId is missing or not as it must be. Write the Page's number",
    ],
    ['an id in digits', '[{"pageId": 104857600123456, "accessToken": "x"}]', "Write the Page's number in quotes."],
    ['no token', list({ pageId: CAFE }), ` entry 1 (Page ${CAFE}): has no accessToken. Give it`],
    ['two tokens', list({ pageId: CAFE, accessToken: 'hunter2', accessTokenFile: 'x' }), 'Keep one of the two.'],
    ['a broken token', list({ pageId: CAFE, accessToken: 'hunter2 ' }), 'accessToken is missing or not as it must be.'],
    ['a file that is not there', list({ pageId: CAFE, accessTokenFile: '/nowhere/x' }), '/nowhere/x cannot be read.'],
    ['too fast', list({ pageId: CAFE, accessToken: 'x', messagesPerSecond: 301 }), 'a whole number from 1 to 300'],
    [
      'a misspelt key',
      list({ pageId: CAFE, accessToken: 'x', acessToken: 'y' }),
      'does not know: "acessToken". Known are',
    ],
    [
      'a Page twice',
      list({ pageId: CAFE, accessToken: 'x' }, { pageId: CAFE, accessToken: 'y' }),
      ` entry 2 (Page ${CAFE}): this Page is there twice.`,
    ],
    [
      'the Page of the other variable',
      list({ pageId: '104857600123456', accessToken: 'x' }),
      ' and MESSENGER_PAGE_ID both name Page 104857600123456.',
    ],
  ])('%s', (_, json, complaint) => {
    const messages = messagesFor({ ...PRODUCTION, MESSENGER_PAGES: json });
    expect(messages).toEqual([expect.stringContaining(complaint)]);
    expect(messages[0]).toMatch(/^MESSENGER_PAGES /);
    expect(messages[0]).not.toContain('hunter2');
  });

  test('a complaint about a file names it', () => {
    const file = aFile('broken.json', list({ pageId: CAFE }));
    expect(messagesFor({ MESSENGER_PAGES_FILE: file })).toEqual([
      `MESSENGER_PAGES, in ${file}, entry 1 (Page ${CAFE}): has no accessToken. Give it accessToken, or accessTokenFile.`,
    ]);
  });
});

test('the listener for operators is composed of its variables', () => {
  const { operators } = loadConfig({
    OPERATOR_HOST: '0.0.0.0',
    OPERATOR_PORT: '4001',
    OPERATOR_URL: 'https://Desk.example.com/',
    OPERATOR_PROXY_HEADER: 'X-Auth-Request-User',
    OPERATOR_PROXY_SECRET: 'a'.repeat(40),
  });
  expect(operators).toMatchObject({
    http: { host: '0.0.0.0', port: 4001, isHostSet: true, isPortSet: true },
    url: 'https://desk.example.com',
    proxy: { header: 'x-auth-request-user' },
  });
  expect(operators.proxy?.secret.reveal()).toBe('a'.repeat(40));
  expect(messagesFor({ OPERATOR_PROXY_HEADER: 'x: y', OPERATOR_PROXY_SECRET: 'a'.repeat(40) })).toEqual([
    expect.stringContaining('OPERATOR_PROXY_HEADER is "x: y", which is no name of a header.'),
  ]);
});

describe('bad values', () => {
  test.each([
    ['PORT', '65536', 'PORT is "65536", which is no port. Write a number from 0 to 65535; 0 takes any free port.'],
    ['PORT', '-1', 'PORT is "-1", which is no port.'],
    ['OPERATOR_PORT', '65536', 'OPERATOR_PORT is "65536", which is no port.'],
    ['OPERATOR_HOST', 'a b', 'OPERATOR_HOST is "a b", which is no address to listen on.'],
    ['OPERATOR_URL', 'https://a.example/b', 'OPERATOR_URL is "https://a.example/b", which is no scheme with a host.'],
    ['OPERATOR_URL', 'desk.example.com', 'OPERATOR_URL is "desk.example.com", which is no scheme with a host.'],
    ['PORT', '3000.5', 'PORT is "3000.5", which is no port.'],
    ['MESSENGER_PAGE_ID', '@ourshop', 'MESSENGER_PAGE_ID is "@ourshop", which is not made of digits alone.'],
    ['MESSENGER_GRAPH_VERSION', '25', 'MESSENGER_GRAPH_VERSION is "25", which is no version of the Graph API.'],
    ['MESSENGER_MESSAGES_PER_SECOND', '0', 'is "0", which is no whole number from 1 to 300.'],
    ['MESSENGER_MESSAGES_PER_SECOND', '301', 'is "301", which is no whole number from 1 to 300.'],
    ['WORKER_BUILD_ID', '7', 'WORKER_DEPLOYMENT_NAME is missing.'],
    ['WORKER_DEPLOYMENT_NAME', 'shop', 'WORKER_BUILD_ID is missing.'],
    ['PUBLIC_URL', 'bot.example.com', 'PUBLIC_URL is "bot.example.com", which is no scheme with a host.'],
    ['RETENTION_EVENTS', '6d', 'RETENTION_EVENTS is "6d", which is neither off nor a number of days from 7d to 3650d.'],
    ['RETENTION_NOTES', '30', 'RETENTION_NOTES is "30", which is neither off nor a number of days from 7d to 3650d.'],
    ['WORKER_CACHED_WORKFLOWS', '9', 'WORKER_CACHED_WORKFLOWS is "9", which is no whole number from 10 to 100000.'],
    ['MESSENGER_RESUBSCRIBE', 'yes', 'MESSENGER_RESUBSCRIBE is "yes", which is neither on nor off.'],
    ['MESSENGER_GRAPH_URL', 'graph', 'MESSENGER_GRAPH_URL is "graph", which is no plain web address.'],
    ['MESSENGER_GRAPH_URL', 'ftp://graph.example', 'is "ftp://graph.example", which is no plain web address.'],
    ['MESSENGER_GRAPH_URL', 'http://graph.example', 'over which tokens would travel unencrypted.'],
    [
      'MESSENGER_GRAPH_URL',
      'https://graph.example/v25.0',
      'which ends with a version: that goes into MESSENGER_GRAPH_VERSION',
    ],
    ['MESSENGER_GRAPH_URL', 'http://10.example.com', 'over which tokens would travel unencrypted.'],
    [
      'OUTGOING_PRIVATE_ADDRESSES',
      'on',
      'OUTGOING_PRIVATE_ADDRESSES is "on", which is no such choice. Write refuse, loopback',
    ],
    ['OPERATOR_PROXY_HEADER', 'X-User', 'OPERATOR_PROXY_SECRET is missing beside OPERATOR_PROXY_HEADER.'],
    ['OPERATOR_PROXY_SECRET', 'x'.repeat(40), 'OPERATOR_PROXY_HEADER is missing beside OPERATOR_PROXY_SECRET.'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud", which is no log level. Write one of trace, debug, info,'],
    ['HOST', 'http://0.0.0.0', 'HOST is "http://0.0.0.0", which is no address to listen on.'],
    ['DATABASE_URL', 'mysql://root:hunter2@db/x', 'DATABASE_URL has a value (not shown) which names neither a file'],
    ['DATABASE_URL', 'file://store.db', 'DATABASE_URL has a value (not shown) which names neither a file'],
    ['MESSENGER_APP_SECRET', ' , ', 'MESSENGER_APP_SECRET has a value (not shown) with nothing between its commas.'],
    ['MESSENGER_PAGE_ACCESS_TOKEN', 'EAA TEST', 'has a value (not shown) with a space, a line break or another'],
  ])('%s=%s', (name, value, expected) => {
    const messages = messagesFor({ [name]: value });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(expected);
  });

  test('all problems appear in one error, one line each', () => {
    const env = { ...PRODUCTION, MESSENGER_VERIFY_TOKEN: '', PORT: 'x', LOG_LEVEL: 'loud' };
    const load = () => loadConfig(env, { needs: EVERYTHING });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    const lines = messagesFor(env, EVERYTHING);
    expect(load).toThrow(`The configuration cannot be used:\n  ${lines.join('\n  ')}`);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'LOG_LEVEL', 'MESSENGER_VERIFY_TOKEN']);
  });
});

describe('NAME_FILE', () => {
  test.each(VARIABLE_NAMES)('%s_FILE is read', (name) => {
    const [problem] = messagesFor({ [`${name}_FILE`]: join(folder, 'nowhere') });
    expect(problem).toBe(
      `${name} cannot be read from ${join(folder, 'nowhere')}. ` +
        `Check the path in ${name}_FILE, and that this user may read the file.`,
    );
  });

  test.each(['T0KEN', 'T0KEN\n', 'T0KEN\r\n'])('one line break at the end of %j is dropped', (content) => {
    const config = loadConfig({ MESSENGER_VERIFY_TOKEN_FILE: aFile('token', content) });
    expect(config.verifyToken?.reveal()).toBe('T0KEN');
  });

  test('a value and a file for the same variable contradict each other', () => {
    const env = { PORT: '3000', PORT_FILE: aFile('port', '4000') };
    expect(messagesFor(env)).toEqual(['PORT and PORT_FILE are both set. Keep one of the two.']);
  });

  test('an empty file is told apart from a missing one, and once', () => {
    const path = aFile('empty', '\n');
    expect(messagesFor({ MESSENGER_APP_SECRET_FILE: path }, ['webhook'])[0]).toContain(`in ${path}, which is empty.`);
    expect(messagesFor({ ...PRODUCTION, MESSENGER_PAGE_ID: '', MESSENGER_PAGE_ID_FILE: path }, ['send'])).toHaveLength(
      1,
    );
  });
});

describe('warnings', () => {
  test('a misspelt MESSENGER_ variable is named', () => {
    const { config, warnings } = checkConfig({ MESSENGER_APP_SECRT: 'x', MESSENGER_PAGE_ID_FILE: '', PATH: '/bin' });
    expect(config).toBeDefined();
    expect(warnings).toEqual([expect.stringMatching(/^MESSENGER_APP_SECRT is no variable of everthread/)]);
  });

  test('a short secret is named, not shown', () => {
    const warnings: string[] = [];
    const env = { OPERATOR_PROXY_HEADER: 'X-User', OPERATOR_PROXY_SECRET: 'hunter2' };
    loadConfig(env, { warn: (sentence) => warnings.push(sentence) });
    expect(warnings).toEqual([expect.stringMatching(/^OPERATOR_PROXY_SECRET has 7 characters/)]);
    expect(warnings.join()).not.toContain('hunter2');
  });
});

test.each([
  ['30s', 30_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
])('people have waited for too long after HANDOFF_UNANSWERED_AFTER=%s', (text, ms) => {
  expect(loadConfig({ HANDOFF_UNANSWERED_AFTER: text }).unansweredAfterMs).toBe(ms);
});

test.each(['15', '0m', '8d', '1w', '-1m', '1.5h'])('HANDOFF_UNANSWERED_AFTER=%s is refused', (text) => {
  expect(messagesFor({ HANDOFF_UNANSWERED_AFTER: text })).toEqual([
    expect.stringMatching(/^HANDOFF_UNANSWERED_AFTER is ".*", which is .*\. Write it like 30s, 15m/),
  ]);
});

test('a misspelt name is told, and one of the webhook that leads once had', () => {
  const { warnings } = checkConfig({ HANDOFF_UNANSWERED: '5m', LEADS_WEBHOOK_URL: 'https://crm.example/' });
  expect(warnings).toEqual([
    expect.stringMatching(/^HANDOFF_UNANSWERED is no variable of everthread/),
    expect.stringMatching(/^LEADS_WEBHOOK_URL is no variable of everthread/),
  ]);
});

describe('secrets', () => {
  const SECRET = 'hunter2hunter2';
  const secret = new Secret(SECRET);
  const config = loadConfig({
    MESSENGER_VERIFY_TOKEN: SECRET,
    MESSENGER_APP_SECRET: SECRET,
    MESSENGER_PAGE_ACCESS_TOKEN: SECRET,
    MESSENGER_USER_ACCESS_TOKEN: SECRET,
    MESSENGER_PAGES: JSON.stringify([{ pageId: '104857600999999', accessToken: SECRET }]),
    LEADS_WEBHOOK_URL: `https://crm.example/hook?token=${SECRET}`,
    LEADS_WEBHOOK_SECRET: SECRET,
    DATABASE_URL: `postgres://user:${SECRET}@db.example/store`,
  });

  test.each<[string, string]>([
    ['JSON.stringify', JSON.stringify({ secret })],
    ['String', String(secret)],
    ['a template', `${secret}`],
    ['inspect', inspect(secret, { showHidden: true, depth: Infinity })],
    ['console.log', format(secret, { secret }, '%s %o %j', secret, secret, secret)],
    ['a config in JSON', JSON.stringify(config)],
    ['a config inspected', inspect(config, { showHidden: true, depth: Infinity })],
  ])('%s prints [secret]', (_how, text) => {
    expect(text).toContain('[secret]');
    expect(text).not.toContain('hunter2');
  });

  test.each(VARIABLE_NAMES)('no error repeats a secret that is wrong in %s', (name) => {
    const long = `${SECRET} ${SECRET}`;
    const report = checkConfig({ [name]: name === 'DATABASE_URL' ? `mysql://user:${long}@db.example` : long });
    expect(inspect(new ConfigError(report.problems), { depth: Infinity })).not.toContain('hunter2');
  });

  test('an address with a password in it is refused without repeating it', () => {
    const [message] = messagesFor({ MESSENGER_GRAPH_URL: `https://user:${SECRET}@graph.example/` });
    expect(message).toContain('is "https://graph.example", which is no plain web address.');
    expect(message).not.toContain('hunter2');
  });
});

test('a config cannot be changed, however deep', () => {
  const config = loadConfig(PRODUCTION);
  for (const value of [config, config.http, config.database, config.appSecrets, config.verifyToken]) {
    expect(value).toBeDefined();
    expect(Object.isFrozen(value)).toBe(true);
  }
});

test('.env.example has every variable, commented out', () => {
  const lines = readFileSync(join(import.meta.dirname, '..', '..', '.env.example'), 'utf8').split('\n');
  const named = lines.flatMap((line) => /^# ?([A-Z_]+)=/.exec(line)?.[1] ?? []);
  expect(named).toEqual(expect.arrayContaining([...VARIABLE_NAMES]));
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});
