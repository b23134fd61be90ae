/** Who may import whom. Lint knows the sandbox's border too; this test knows all layers and names the file and the line. */

import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * The layers from the ground up, and what each may import, types included. A layer imports only layers above it in this
 * table, so that there is no circle and no upward arrow.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  // The sandbox, and what it shares with Node.
  realm: [],
  domain: [],
  messenger: ['domain'],
  policy: ['domain', 'messenger'],
  plugins: ['domain', 'messenger', 'policy'],
  contract: ['domain', 'messenger', 'policy'],
  workflows: ['realm', 'domain', 'messenger', 'policy', 'plugins', 'contract'],
  index: ['domain', 'messenger', 'policy', 'plugins'],
  // Node.
  hosts: [],
  'web-page': [],
  'outgoing-addresses': ['hosts'],
  config: ['outgoing-addresses'],
  logger: [],
  log: ['logger'],
  backoff: [],
  encryption: ['domain'],
  'report-once': ['logger'],
  'console-output': ['logger'],
  // Runs in browsers too.
  client: ['domain', 'backoff'],
  conversations: ['domain', 'contract'],
  'hash-json': [],
  'begin-series': [],
  'worker-metrics': ['domain', 'begin-series'],
  store: ['domain', 'messenger', 'policy', 'encryption'],
  'outside-topics': ['domain', 'contract', 'hash-json', 'store'],
  graph: ['domain', 'messenger', 'logger', 'backoff', 'report-once'],
  'sender-actions': ['domain', 'messenger', 'policy', 'store', 'graph'],
  broadcasts: ['domain', 'policy', 'plugins', 'contract', 'logger', 'store'],
  leads: ['domain', 'store'],
  outbox: ['domain', 'logger', 'backoff', 'outgoing-addresses', 'report-once', 'store', 'graph'],
  'personal-data': ['domain', 'contract', 'logger', 'backoff', 'report-once', 'store'],
  activities: [
    'domain',
    'messenger',
    'policy',
    'plugins',
    'contract',
    'logger',
    'backoff',
    'report-once',
    'conversations',
    'store',
    'outside-topics',
    'graph',
    'sender-actions',
    'broadcasts',
    'worker-metrics',
  ],
  api: [
    'domain',
    'encryption',
    'messenger',
    'policy',
    'contract',
    'conversations',
    'hash-json',
    'hosts',
    'web-page',
    'outgoing-addresses',
    'logger',
    'backoff',
    'report-once',
    'begin-series',
    'leads',
    'store',
    'outside-topics',
    'graph',
    'sender-actions',
    'broadcasts',
    'outbox',
    'personal-data',
  ],
  // Conversations as test files: writes and reads them.
  recording: ['domain', 'plugins'],
  // States Meta's rules a second time, so that a wrong policy fails at home: not even its types.
  simulator: ['domain', 'messenger', 'recording', 'hosts', 'web-page'],
  'recorded-conversation': ['domain', 'messenger', 'plugins', 'store', 'recording', 'simulator'],
  temporal: [
    'realm',
    'domain',
    'encryption',
    'messenger',
    'plugins',
    'contract',
    'logger',
    'backoff',
    'report-once',
    'console-output',
  ],
  // The roots wire everything and `cli` starts the roots; nobody imports either.
  server: [
    'domain',
    'config',
    'hosts',
    'outgoing-addresses',
    'logger',
    'log',
    'store',
    'graph',
    'outbox',
    'personal-data',
    'api',
    'contract',
  ],
  worker: [
    'domain',
    'policy',
    'config',
    'logger',
    'log',
    'console-output',
    'store',
    'graph',
    'broadcasts',
    'activities',
    'worker-metrics',
    'temporal',
    'contract',
  ],
  inspection: ['domain', 'contract', 'store', 'api', 'recording', 'simulator', 'recorded-conversation', 'temporal'],
  'local-stack': [
    'domain',
    'encryption',
    'hosts',
    'store',
    'graph',
    'simulator',
    'temporal',
    'server',
    'worker',
    'inspection',
  ],
  dev: [
    'domain',
    'config',
    'encryption',
    'hosts',
    'web-page',
    'store',
    'simulator',
    'temporal',
    'worker',
    'local-stack',
  ],
  testing: [
    'domain',
    'encryption',
    'messenger',
    'plugins',
    'contract',
    'logger',
    'store',
    'graph',
    'recording',
    'simulator',
    'temporal',
    'worker',
    'local-stack',
  ],
  cli: [
    'domain',
    'encryption',
    'messenger',
    'plugins',
    'contract',
    'config',
    'logger',
    'log',
    'console-output',
    'store',
    'graph',
    'outbox',
    'leads',
    'activities',
    'broadcasts',
    'api',
    'recording',
    'simulator',
    'recorded-conversation',
    'testing',
    'temporal',
    'server',
    'worker',
    'local-stack',
    'dev',
    'backoff',
    'hosts',
    'client',
  ],
};
/** `config` reads the environment, which only the roots do; others may know the types of settings. */
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = { graph: ['config'], api: ['config'] };

/** Runs inside Temporal's sandbox: no Node, no network, no clock of its own. */
const SANDBOXED = new Set(['realm', 'domain', 'messenger', 'policy', 'plugins', 'contract', 'workflows', 'index']);
/** `@bot` is the bot's own file, put there by the worker's bundler. */
const SANDBOX_PACKAGES = new Set(['@temporalio/workflow', '@temporalio/common', '@bot', 'leven']);

interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly isDynamic: boolean;
  readonly isType: boolean;
}

/** Paths are written as seen from `src/`. */
function layerOf(file: string): string {
  if (file.startsWith('workflows/contract/')) return 'contract';
  if (/^plugins\/.+\/activities\.ts$/.test(file)) return 'activities'; // a plugin's outside half
  return file.replace(/\.ts$/, '').split('/')[0]!;
}

function importsOf(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, { isDynamic = false, isType = false }) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ specifier: specifier.text, line, isDynamic, isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, { isType: node.importClause?.isTypeOnly === true });
    }
    if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, { isType: node.isTypeOnly });
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, { isType: true });
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], { isDynamic: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function complaint(file: string, { specifier, isDynamic, isType }: Import): string | undefined {
  const from = layerOf(file);
  if (specifier.startsWith('.')) return directionComplaint(from, file, specifier, isType);
  // Types are erased, so they may come from anywhere outside.
  if (isType || !SANDBOXED.has(from)) return undefined;
  if (isDynamic) return `${from} runs in the sandbox, whose bundle is made beforehand: import ${specifier} statically`;
  if (isBuiltin(specifier)) return `${from} runs in the sandbox, which has no ${specifier}: write an activity`;
  const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  if (!SANDBOX_PACKAGES.has(packageName)) return `${specifier} is not on the sandbox's package list`;
  return undefined;
}

function directionComplaint(from: string, file: string, specifier: string, isType: boolean): string | undefined {
  const to = layerOf(posix.join(posix.dirname(file), specifier));
  if (to === from || MAY_IMPORT[from]?.includes(to)) return undefined;
  if (isType && (MAY_IMPORT_TYPES[from]?.includes(to) || isOwnActivities(file, specifier))) return undefined;
  return `${from} must not import ${to} (${specifier}); a type that both need belongs to the lower of them`;
}

/** A plugin knows its own activities by `import type`: types cross the sandbox's border, code does not. */
function isOwnActivities(file: string, specifier: string): boolean {
  return layerOf(file) === 'plugins' && specifier === './activities.ts';
}

function complaintsAbout(file: string, text: string): string[] {
  if (!MAY_IMPORT[layerOf(file)]) return [`src/${file}: "${layerOf(file)}" needs a row in test/architecture.test.ts`];
  return importsOf(file, text).flatMap((found) => {
    const sentence = complaint(file, found);
    return sentence ? [`src/${file}:${found.line}: ${sentence}`] : [];
  });
}

const src = join(import.meta.dirname, '..', 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

test('every import goes in an allowed direction', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => complaintsAbout(file, readFileSync(join(src, file), 'utf8')))).toEqual([]);
});

test('no layer imports one that stands below it in the table', () => {
  const layers = Object.keys(MAY_IMPORT);
  const upward = Object.entries(MAY_IMPORT).flatMap(([layer, others]) =>
    others
      .filter((other) => !layers.slice(0, layers.indexOf(layer)).includes(other))
      .map((other) => `${layer} → ${other}`),
  );
  expect(upward).toEqual([]);
});

/** The folders and root files of the simulator from the ground up: each imports only those above it in this list. */
const SIMULATOR_ROOMS = (
  'json simulator-error inspector rules state options content webhook simulator-state ' +
  'actors graph control routes simulator index'
).split(' ');

test('no folder of the simulator imports one that stands below it in the list', () => {
  const roomOf = (path: string) => posix.relative('simulator', path).replace(/\.ts$/, '').split('/')[0]!;
  const upward = files
    .filter((file) => layerOf(file) === 'simulator')
    .flatMap((file) => {
      const others = importsOf(file, readFileSync(join(src, file), 'utf8'))
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => posix.join(posix.dirname(file), specifier))
        .filter((path) => path.startsWith('simulator/') && roomOf(path) !== roomOf(file));
      const allowed = SIMULATOR_ROOMS.slice(0, SIMULATOR_ROOMS.indexOf(roomOf(file)));
      return others.filter((path) => !allowed.includes(roomOf(path))).map((path) => `${file} → ${path}`);
    });
  expect(upward).toEqual([]);
});

describe('the rules bite', () => {
  test.each([
    ['policy/window.ts', "import { faq } from '../plugins/faq/index.ts';", 'policy must not import plugins'],
    ['plugins/faq/index.ts', "import { saveLead } from './activities.ts';", 'plugins must not import activities'],
    ['plugins/faq/index.ts', "import { type X } from '../../store/x.ts';", 'plugins must not import store'],
    ['plugins/plugin.ts', "import type { X } from '../workflows/contract/x.ts';", 'plugins must not import contract'],
    ['workflows/contract/x.ts', "import type { X } from '../../store/x.ts';", 'contract must not import store'],
    ['store/x.ts', "import type { X } from '../api/x.ts';", 'store must not import api'],
    ['policy/x.ts', "type X = import('../plugins/x.ts').X;", 'policy must not import plugins'],
    ['simulator/x.ts', "import type { Verdict } from '../policy/verdict.ts';", 'simulator must not import policy'],
    ['plugins/menu/index.ts', "import type { ask } from '../faq/activities.ts';", 'plugins must not import activities'],
    ['plugins/faq/index.ts', "export * from '../../api/app.ts';", 'plugins must not import api'],
    ['messenger/x.ts', "import { createHmac } from 'node:crypto';", 'has no node:crypto'],
    ['workflows/x.ts', "import fs from 'fs';", 'has no fs'],
    ['workflows/contract/index.ts', "import { z } from 'zod';", "zod is not on the sandbox's package list"],
    ['workflows/x.ts', "const zod = await import('zod');", 'import zod statically'],
    ['simulator/send.ts', "import { verdict } from '../policy/verdict.ts';", 'simulator must not import policy'],
    [
      'api/app.ts',
      "import { conversation } from '../workflows/conversation/index.ts';",
      'api must not import workflows',
    ],
    ['api/app.ts', "import { loadConfig } from '../config/index.ts';", 'api must not import config'],
    ['store/x.ts', "import { start } from '../temporal/index.ts';", 'store must not import temporal'],
    ['graph/x.ts', "import { openStore } from '../store/index.ts';", 'graph must not import store'],
    ['plugins/faq/index.ts', "import { uploadAttachment } from '../../graph/x.ts';", 'plugins must not import graph'],
    ['temporal/x.ts', "import { Secret } from '../config/secret.ts';", 'temporal must not import config'],
    ['api/x.ts', "import { bundleBot } from '../temporal/bundling/bundle-bot.ts';", 'api must not import temporal'],
    ['server.ts', "import { dev } from './dev/index.ts';", 'server must not import dev'],
    ['dev/index.ts', "import { main } from '../cli/main.ts';", 'dev must not import cli'],
    ['helpers/x.ts', '', '"helpers" needs a row'],
  ])('%s: %s', (file, text, expected) => {
    expect(complaintsAbout(file, text)).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    ['plugins/faq/index.ts', "import type { saveLead } from './activities.ts';"],
    ['plugins/faq/activities.ts', "import { readFile } from 'node:fs/promises';"],
    ['api/app.ts', "import { TASK_QUEUE } from '../workflows/contract/index.ts';"],
    ['api/app.ts', "import type { Config } from '../config/index.ts';"],
    ['config/index.ts', "import { Secret } from './secret.ts';"],
    ['workflows/x.ts', "import { proxyActivities } from '@temporalio/workflow';"],
    ['cli/main.ts', "const { dev } = await import('../dev/index.ts');"],
  ])('%s may say %s', (file, text) => {
    expect(complaintsAbout(file, text)).toEqual([]);
  });
});
