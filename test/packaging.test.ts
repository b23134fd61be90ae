/** The package as somebody gets it who installs it into an empty project. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { chromium } from 'playwright-core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const project = mkdtempSync(join(tmpdir(), 'everthread-package-'));
const installed = join(project, 'node_modules', 'everthread');
let files: string[];

beforeAll(() => {
  files = packInto(project);
  installLibraries(join(project, 'node_modules'));
  for (const [name, text] of Object.entries({ ...PROJECT, ...CLIENT })) writeFileSync(join(project, name), text);
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const PROJECT = {
  'package.json': JSON.stringify({ name: 'shop', private: true, type: 'module' }),
  'bot.ts': `
    import { defineBot, definePlugin, defineSequence } from 'everthread';
    import { faq } from 'everthread/plugins';

    const counter = definePlugin({
      name: 'counter',
      state: { messages: 0 },
      observe(ctx, event) {
        if (event.kind === 'message') ctx.state.messages += 1;
      },
      async onMessage(ctx, message) {
        if (message.text !== 'count') return 'pass';
        await ctx.send(\`You wrote \${ctx.state.messages} messages.\`);
        return 'handled';
      },
    });

    const later = defineSequence({
      name: 'later',
      async run(seq) {
        await seq.sleep('20 hours');
        await seq.send('Any questions?');
      },
    });

    export default defineBot({
      plugins: [counter, faq([{ match: /hours/i, answer: 'We are open 9 to 5.' }])],
      sequences: [later],
      fallback: 'Sorry?',
    });
  `,
  'wrong.ts': `
    import { defineBot, definePlugin } from 'everthread';
    import { faq } from 'everthread/plugins';

    // @ts-expect-error -- a list of plugins
    defineBot({ plugins: 'none' });
    // @ts-expect-error -- an answer is missing
    faq([{ match: /hours/i }]);
    // @ts-expect-error -- the state has no such field
    definePlugin({ name: 'x', state: { seen: 0 }, observe: (ctx) => void ctx.state.unseen });
  `,
  // A bot that declares its topics is held to them.
  'topics.ts': `
    import { definePlugin, defineSequence, type FormTopics } from 'everthread';

    declare module 'everthread' {
      interface Topics extends FormTopics<'quote'> {
        'order.placed': { total: number };
        'order.cancelled': undefined;
      }
    }

    export const shop = definePlugin({
      name: 'shop',
      async onMessage(ctx) {
        ctx.emit('order.placed', { total: 3 });
        ctx.emit('order.cancelled');
        // @ts-expect-error -- its data are missing
        ctx.emit('order.placed');
        // @ts-expect-error -- a total is a number
        ctx.emit('order.placed', { total: 'three' });
        // @ts-expect-error -- it has no data
        ctx.emit('order.cancelled', { total: 3 });
        // @ts-expect-error -- nobody declared it
        ctx.emit('order.shipped');
        return 'handled';
      },
      onTopic(ctx, topic) {
        if (topic.name === 'order.placed') ctx.log.info('placed', { total: topic.data.total.toFixed(2) });
        if (topic.name === 'lead-capture.completed') ctx.log.info('lead', { email: topic.data['email']?.length });
        // @ts-expect-error -- nobody declared it
        if (topic.name === 'order.shipped') ctx.log.info('shipped');
      },
    });

    export const thanks = defineSequence({
      name: 'thanks',
      startOn: 'order.placed',
      stopOn: ['reply', 'opt-out', 'order.cancelled', 'quote.completed'],
      async run(seq) {
        await seq.send(\`You paid \${seq.data.total.toFixed(2)}.\`);
        const next = await seq.waitFor('order.placed', '3 days');
        if (next) await seq.send(\`And again \${next.data.total.toFixed(2)}.\`);
        // @ts-expect-error -- nobody declared it
        await seq.waitFor('order.shipped', '3 days');
      },
    });
    // @ts-expect-error -- nobody declared it
    defineSequence({ name: 'never', startOn: 'order.shipped', async run() {} });
    // @ts-expect-error -- nobody declared it
    defineSequence({ name: 'never', stopOn: ['order.shipped'], async run() {} });
  `,
};

/** A program of the business; it has the types of `fetch`, which bots have not. */
const CLIENT = {
  'client.ts': `
    import { ApiError, createClient, type Schemas } from 'everthread/client';

    const client = createClient({ url: 'http://127.0.0.1:3001', token: 'evt_invented' });
    export async function waiting(): Promise<Schemas['ConversationSummary'][]> {
      const found = [];
      for await (const one of client.list('/conversations', { params: { query: { state: 'waiting' } } })) found.push(one);
      return found;
    }
    // @ts-expect-error -- there is no such path
    client.GET('/conversation').catch((error: unknown) => error instanceof ApiError && error.cure);
  `,
};

describe('what is in it', () => {
  test.each([
    'LICENSE',
    'CHANGELOG.md',
    '.env.example',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/workflows/index.js',
    'dist/activities/public-api.d.ts',
    'dist/client/index.d.ts',
    'dist/plugins/assistant/activities.js',
    'dist/web/simulator/index.html',
  ])('%s', (path) => expect(files).toContain(path));

  test('files that are no TypeScript came along', () => {
    const assets = execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter((path) => path !== '' && !path.endsWith('.ts'));
    expect(assets.length).toBeGreaterThan(0);
    expect(files).toEqual(expect.arrayContaining(assets.map((path) => path.replace(/^src/, 'dist'))));
  });

  test('no test, no setting of ours, nothing that was built for somebody else', () => {
    const folders = new Set(files.map((path) => (path.includes('/') ? path.split('/')[0] : path)));
    const expected = ['dist', 'src', 'docs', 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.env.example'];
    expect(expected).toEqual(expect.arrayContaining([...folders]));
  });
});

describe('a bot', () => {
  test.each(['nodenext', 'bundler'] as const)('compiles with moduleResolution %s', (resolution) => {
    expect(complaintsOfCompiler(resolution)).toEqual([]);
  });

  test('runs in plain Node, so that a test can import it', () => {
    const code = `const bot = (await import('./bot.ts')).default; console.log(bot.plugins.map(({ name }) => name).join())`;
    expect(node(['--import', 'tsx', '--input-type=module', '--eval', code]).trim()).toBe('counter,faq');
  });

  test('is bundled for the sandbox', () => {
    const code = `
      const { bundleBot } = await import('./node_modules/everthread/dist/temporal/bundling/bundle-bot.js');
      const { code } = await bundleBot('bot.ts', { warn: console.error, error: console.error });
      console.log(code.includes('We are open 9 to 5.'));
    `;
    expect(node(['--input-type=module', '--eval', code]).trim()).toBe('true');
  });
});

describe('the client of the operator API', () => {
  test.each(['nodenext', 'bundler'] as const)('compiles with moduleResolution %s', (resolution) => {
    expect(complaintsOfCompiler(resolution, Object.keys(CLIENT), ['lib.es2023.d.ts', 'lib.dom.d.ts'])).toEqual([]);
  });

  test('is loaded without the rest', () => {
    const code = `
      const { createClient } = await import('everthread/client');
      console.log(Object.keys(createClient({ url: 'http://127.0.0.1:3001' })).join());
    `;
    expect(node(['--input-type=module', '--eval', code]).trim()).toBe('GET,POST,PUT,PATCH,DELETE,list');
  });
});

/** README's files as somebody pastes them into an empty folder. */
describe("README's project", () => {
  const folder = join(project, 'readme');

  beforeAll(() => {
    mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
    for (const name of ['vitest', '@types/node'])
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
    writeFileSync(join(folder, 'package.json'), PROJECT['package.json']);
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const [, code = ''] of readme.matchAll(/^```ts\n(.*?)^```$/gms)) {
      const [, name = 'unnamed.ts'] = /^\/\/ ([\w.-]+\.ts)/.exec(code) ?? [];
      writeFileSync(join(folder, name), code);
    }
    writeFileSync(join(folder, 'tsconfig.json'), /^```json\n(.*?)^```$/ms.exec(readme)?.[1] ?? '');
  });

  test.each([
    ['', []],
    [', and with the declarations of all libraries checked', ['--skipLibCheck', 'false']],
  ])("passes tsc with README's tsconfig.json%s", (_, options) => {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(node([compiler, '--noEmit', ...options], process.env, folder)).toBe('');
  });
});

/** What npm does not read from our `overrides` when it installs everthread for somebody else. */
test('nothing that needs a newer Node than ours is kept away by an override alone', () => {
  const { dependencies, overrides, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  // fastify's range allows a version of it that depends on cookie 2, for Node 22.
  expect(dependencies).toHaveProperty('light-my-request', '6.6.0');
  // Only for our lock file: their newer versions run on Node 20; or development tools.
  expect(Object.keys(overrides ?? {})).toEqual(['@swc/core', 'oxc-parser', 'openapi-typescript']);
  expect(peerDependencies).toEqual({ ai: '^6.0.0 || ^7.0.0' });
});

/** `examples/parcel-plugin`, as its author has it: a package beside ours, built, tested and installed. */
describe('a plugin package', () => {
  const plugin = join(project, 'packages', 'parcel');
  const noTemporal = { ...process.env, TEMPORAL_CLI: inject('temporalCli'), EVERTHREAD_TEST_TEMPORAL: '' };

  beforeAll(() => {
    const source = join(root, 'examples', 'parcel-plugin');
    cpSync(source, plugin, { recursive: true, filter: (path) => !/[\\/](dist|node_modules|\.everthread)$/.test(path) });
  });

  test('passes its own tests on the real engine, with the runner of Node', () => {
    const output = node(
      ['--import', 'tsx', '--test', '--test-reporter=tap', 'test/parcel.test.ts'],
      noTemporal,
      plugin,
    );
    expect(output).toMatch(/^# pass 6$/m);
  });

  test('is built, packed, installed and used by a bot', () => {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [compiler, '-p', plugin], { encoding: 'utf8' });
    const pack = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
      cwd: plugin,
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(pack) as [{ filename: string }];
    const target = join(project, 'node_modules', 'everthread-plugin-parcel');
    mkdirSync(target);
    execFileSync('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', target]);
    const folder = join(project, 'parcel-bot');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'bot.ts'),
      `import { defineBot } from 'everthread'; import { parcel } from 'everthread-plugin-parcel';
       export default defineBot({ plugins: [parcel()] });`,
    );
    const code = `
      const { bundleBot } = await import('./node_modules/everthread/dist/temporal/bundling/bundle-bot.js');
      const { parcelActivities } = await import('everthread-plugin-parcel/activities');
      const { code } = await bundleBot('parcel-bot/bot.ts', { warn: console.error, error: console.error });
      console.log(code.includes('Nobody knows a parcel'), typeof parcelActivities({ url: 'http://x/' }).findParcel);
    `;
    expect(node(['--input-type=module', '--eval', code]).trim()).toBe('true function');
  });
});

describe('the command', () => {
  test('prints its help', () => {
    const help = execFileSync(join(project, 'node_modules', '.bin', 'everthread'), ['--help'], { encoding: 'utf8' });
    for (const command of ['dev', 'start', 'api', 'worker', 'doctor'])
      expect(help).toMatch(new RegExp(`^ *${command}\\b`, 'm'));
  });

  test('says what is missing before it starts', () => {
    const start = () => node([join(installed, 'dist/cli/main.js'), 'start'], { PATH: process.env['PATH'] });
    expect(start).toThrow(/MESSENGER_APP_SECRET is missing\./);
  });
});

test("the simulator's page is there, built", async () => {
  const serve = `
    import Fastify from 'fastify';
    import { createSimulator } from './node_modules/everthread/dist/simulator/index.js';
    const app = Fastify();
    const simulator = createSimulator({
      file: ':memory:', pageId: '1', pageName: 'Bicycle Shop', appId: '2', accessToken: 'token', appSecret: 'secret',
      webhookUrl: 'http://127.0.0.1:9/webhook', graphVersion: 'v25.0', log: app.log,
    });
    await app.register(simulator.routes, { prefix: '/simulator' });
    console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
  `;
  const server = spawn(process.execPath, ['--input-type=module', '--eval', serve], { cwd: project });
  onTestFinished(() => void server.kill());
  const [url] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  const browser = await chromium.launch({
    executablePath: inject('chromiumPath'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(`${url.trim()}/simulator`);
  await page.getByRole('heading', { name: 'Nobody here yet' }).waitFor();
  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.getByRole('heading', { name: 'Ana Sousa' }).waitFor();
  expect(complaints).toEqual([]);
});

/** Builds (the types are left to `npm run check`), packs, unpacks into `node_modules`; the same as `npm install everthread.tgz` without a registry. */
function packInto(folder: string): string[] {
  const run = (command: string, args: string[]) => execFileSync(command, args, { cwd: root, encoding: 'utf8' });
  run(process.execPath, ['scripts/build.mjs', 'dist', '--noCheck']);
  const [pack] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder])) as [
    { filename: string; files: { path: string }[] },
  ];
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', join(folder, pack.filename), '--strip-components=1', '-C', installed]);
  return pack.files.map(({ path }) => path);
}

/** Those of the lock file that are no development tools: what a package forgot to name is missing here as well. */
function installLibraries(target: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const names = Object.entries(packages).flatMap(([path, { dev }]) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    return name && !dev ? [name] : [];
  });
  for (const name of names) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(target, name), 'junction');
  }
  mkdirSync(join(target, '.bin'));
  symlinkSync('../everthread/dist/cli/main.js', join(target, '.bin', 'everthread'));
}

function node(args: string[], env: NodeJS.ProcessEnv = process.env, cwd = project): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', env, stdio: 'pipe' });
}

/** About the bot and about our declarations; those of other packages are theirs. */
function complaintsOfCompiler(
  resolution: 'nodenext' | 'bundler',
  names: readonly string[] = ['bot.ts', 'wrong.ts', 'topics.ts'],
  lib: string[] = ['lib.es2023.d.ts'],
): string[] {
  const module = resolution === 'nodenext' ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext;
  const moduleResolution =
    resolution === 'nodenext' ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler;
  const program = ts.createProgram(
    names.map((name) => join(project, name)),
    {
      module,
      moduleResolution,
      target: ts.ScriptTarget.ES2023,
      lib,
      types: [],
      strict: true,
      noEmit: true,
    },
  );
  return ts.getPreEmitDiagnostics(program).flatMap(({ file, start = 0, messageText }) => {
    const path = file ? relative(project, file.fileName) : '';
    if (/node_modules\/(?!everthread\/)/.test(path) || path.startsWith('..')) return [];
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return [`${path}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`];
  });
}
