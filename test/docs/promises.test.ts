/** Commands, variables, files and links that sources and documents name exist. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMAND_NAMES, createProgram } from '../../src/cli/program.ts';
import { loadConfig, VARIABLE_NAMES } from '../../src/config/index.ts';
import { PARTS, RETENTION, SETTINGS } from '../../src/config/settings.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => ending.test(file));

const program = await createProgram(COMMAND_NAMES);
const sources = filesIn('src', /\.(ts|mjs)$/);
const documents = ['README.md', 'CONTRIBUTING.md', ...filesIn('docs', /\.md$/)];

describe('commands', () => {
  /** `everthread` as code: in backticks, after npx or npm run, or where a sentence tells to run it. */
  const AS_CODE = /(?:`|npx |npm run everthread -- |[Rr]un |[Ss]ee |[Ss]tart |run with )(?:everthread (?:-- )?)?/;
  const CALL = new RegExp(
    String.raw`(?:(?:${AS_CODE.source.replace('(?:everthread (?:-- )?)?', '')})everthread |npm run everthread -- )([a-z][^\n\`"'|,;()>…—]*)`,
    'g',
  );

  function callsIn(text: string): string[] {
    return [...text.matchAll(CALL)].map(([, call = '']) => call.trim().replace(/[.:]$/, ''));
  }

  /** The sentence that says what is wrong with a call, if anything is. */
  function complaint(call: string): string | undefined {
    const [name = '', ...words] = call.split(/\s+/);
    const command = find(program, name);
    if (!command) return `there is no command ${name}`;
    const [subName] = words;
    const sub = subName !== undefined && /^[a-z]+$/.test(subName) ? find(command, subName) : undefined;
    if (command.commands.length > 0 && subName !== undefined && /^[a-z]+$/.test(subName) && !sub)
      return `${name} has no command ${subName}`;
    const options = (sub ?? command).options.map(({ long }) => long);
    const flags = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? []);
    const unknown = flags.filter((flag) => flag !== '--help' && !options.includes(flag));
    return unknown.length > 0 ? `${name} has no ${unknown.join(', ')}` : undefined;
  }

  const find = (command: Command, name: string) => command.commands.find((candidate) => candidate.name() === name);

  test.each([
    ['see `everthread dead --retry`', 'dead has no --retry'],
    ['Run everthread revive.', 'there is no command revive'],
    ['npm run everthread -- dead bury 7', 'dead has no command bury'],
    ['npx everthread dev bot.ts --now', 'dev has no --now'],
    ['everthread keeps each event once, and `everthread doctor --json` says so', undefined],
    ['Run everthread subscribe --callback-url https://bot.example/webhook.', undefined],
  ])('%s: %s', (text, expected) => {
    expect(callsIn(text).map(complaint)).toEqual([expected]);
  });

  test.each([...sources, ...documents])('every command that %s names exists, with its options', (file) => {
    const complaints = callsIn(read(file)).flatMap((call) => {
      const sentence = complaint(call);
      return sentence === undefined ? [] : [`everthread ${call}: ${sentence}`];
    });
    expect(complaints).toEqual([]);
  });
});

describe('variables', () => {
  const outsideConfig = sources.filter((file) => !file.startsWith('src/config/')).map(read);
  const isRead = (name: string) => outsideConfig.some((text) => new RegExp(`\\b${name}\\b`).test(text));

  test('every setting is read outside src/config', () => {
    const keys = new Set([...Object.keys(SETTINGS), ...Object.keys(loadConfig({}))]);
    expect([...keys].filter((key) => !isRead(key))).toEqual([]);
  });

  test('every part of a setting belongs to a setting', () => {
    const names = [...Object.values(SETTINGS), ...Object.values(PARTS), ...Object.values(RETENTION)].map(
      ({ name }) => name,
    );
    expect(names.toSorted()).toEqual([...VARIABLE_NAMES].toSorted());
  });

  const environmentIn = (text: string) =>
    [...text.matchAll(/\benv\['([A-Z][A-Z0-9_]+)'\]/g)].map(([, name = '']) => name);
  const exampleNames = [...read('.env.example').matchAll(/^# ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
  const compose = read('docker-compose.yml');
  const composeNames = [...compose.matchAll(/\$\{([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name);

  test('every variable of .env.example is a setting, one of Temporal’s, or one that docker-compose.yml reads', () => {
    const ofTemporal = filesIn('node_modules/@temporalio/envconfig/lib', /\.js$/).map(read).join('\n');
    const known = (name: string) =>
      VARIABLE_NAMES.includes(name.replace(/_FILE$/, '')) ||
      composeNames.includes(name) ||
      ofTemporal.includes(`'${name}'`);
    expect(exampleNames.filter((name) => !known(name))).toEqual([]);
  });

  test('every variable that the sources read by name is documented', () => {
    const pages = [...documents, '.env.example'].map(read).join('\n');
    const names = new Set(outsideConfig.flatMap(environmentIn));
    expect(names.size).toBeGreaterThan(0);
    expect([...names].filter((name) => !pages.includes(name))).toEqual([]);
  });

  interface ComposeService {
    readonly build?: string;
    readonly environment?: Readonly<Record<string, unknown>>;
    readonly volumes?: readonly string[];
  }
  const { services } = parse(compose, { merge: true }) as { services: Readonly<Record<string, ComposeService>> };

  test('docker-compose.yml gives our images only variables that they read', () => {
    const ours = Object.values(services).filter(({ build }) => build !== undefined);
    const names = ours.flatMap(({ environment = {} }) => Object.keys(environment));
    expect(names.length).toBeGreaterThan(0);
    const known = [...VARIABLE_NAMES, ...exampleNames.filter((name) => name.startsWith('TEMPORAL_'))];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(filesIn('deploy', /\.sh$/))('docker-compose.yml sets every variable that %s reads', (script) => {
    const service = Object.values(services).find(({ volumes = [] }) => volumes.some((one) => one.includes(script)));
    const text = read(script).replace(/^\s*#.*$/gm, '');
    const assigned = [...text.matchAll(/^\s*(?:export )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const needed = [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name);
    const missing = needed.filter((name) => !assigned.includes(name) && !(name in (service?.environment ?? {})));
    expect(missing).toEqual([]);
  });
});

describe('files', () => {
  const FOLDERS = 'src|docs|test|examples|scripts|bench|deploy|web';
  const PATH = new RegExp(String.raw`(?<![\w./@{}$-])(?:${FOLDERS})/[\w.*/@-]*[\w*/]`, 'g');

  const exists = (path: string) => {
    const [fixed = ''] = path.split('*');
    return existsSync(join(root, path.includes('*') ? fixed.slice(0, fixed.lastIndexOf('/') + 1) : path));
  };
  const missingIn = (text: string) =>
    [...new Set([...text.matchAll(PATH)].map(([path]) => path))].filter((path) => !exists(path));

  /** Only the comments: code has addresses such as `test/now` of its own. */
  function commentsOf(file: string): string {
    const text = read(file);
    const comments: string[] = [];
    const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
    for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
      const isComment =
        token === ts.SyntaxKind.SingleLineCommentTrivia || token === ts.SyntaxKind.MultiLineCommentTrivia;
      if (isComment) comments.push(scanner.getTokenText());
    }
    return comments.join('\n');
  }

  test('a wrong name is found', () => {
    expect(missingIn('see `src/nowhere.ts`, test/*.ts and docs/policy.md')).toEqual(['src/nowhere.ts']);
  });

  test.each(documents)('every file that %s names exists', (file) => {
    expect(missingIn(read(file))).toEqual([]);
  });

  test.each(sources)('every file that a comment of %s names exists', (file) => {
    expect(missingIn(commentsOf(file))).toEqual([]);
  });

  /** As GitHub makes them from headings. */
  const anchorsOf = (document: string) =>
    [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    );

  test.each(documents)('every link of %s leads to a file, and to a heading of it', (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});
