/** `docs/messenger.md` has everything that the code knows of Messenger, and nothing else. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { deliveredKinds, eventKinds, withEventsTable } from '../../scripts/events-table.ts';
import { KINDS } from '../../src/api/webhook/decode/kinds.ts';
import * as everthread from '../../src/index.ts';
import type { OutboundMessage, Sayable } from '../../src/index.ts';
import { WEBHOOK_FIELDS } from '../../src/messenger/inbound/webhook-fields.ts';
import { LIMITS } from '../../src/messenger/outbound/limits.ts';
import { outboundMessages } from '../../src/messenger/outbound/sayable.ts';
import { sendApiRequest } from '../../src/messenger/outbound/send-api.ts';
import { isUtility } from '../../src/messenger/outbound/utility.ts';
import { formProblem } from '../../src/simulator/rules/send-rules.ts';
import { KEPT_ELSEWHERE, NOT_BUILT, ONLY_META } from '../messenger/kept-elsewhere.ts';
import { MESSAGE_LIMITS } from '../messenger/message-limits.ts';
import { fixtureTable } from '../support/fixtures.ts';
import { codeBlocks, expressions } from './code-blocks.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'messenger.md'), 'utf8');
const lines = new Set(page.split('\n'));
const blocks = codeBlocks('docs/messenger.md');

/** The members of a union that a file of `src/messenger` exports. */
function membersOf(file: string, union: string): readonly ts.Type[] {
  const path = join(root, 'src', 'messenger', file);
  const program = ts.createProgram([path], { noLib: true, noResolve: false, allowImportingTsExtensions: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const symbol = source && checker.getSymbolAtLocation(source);
  const found = symbol && checker.getExportsOfModule(symbol).find(({ name }) => name === union);
  const type = found && checker.getDeclaredTypeOfSymbol(found);
  if (!type?.isUnion()) throw new Error(`${file} exports no union ${union}.`);
  return type.types;
}

const nameOf = (type: ts.Type) => (type.aliasSymbol ?? type.symbol).name;

describe('events', () => {
  test('the table is that of the code; `npx tsx scripts/events-table.ts` writes it', async () => {
    expect(eventKinds().length).toBeGreaterThan(20);
    expect(await withEventsTable(page)).toBe(page);
  });

  test('every kind has a section, and an example if a hook receives it', async () => {
    expect(eventKinds().filter((kind) => !lines.has(`### \`${kind}\``))).toEqual([]);
    const examples = new Set(blocks.filter(({ type }) => type === 'on').map(({ kind }) => kind));
    expect([...(await deliveredKinds())].filter((kind) => !examples.has(kind))).toEqual([]);
  });

  test('the kinds are those of the union', () => {
    const kinds = membersOf('inbound/inbound-event.ts', 'InboundEventKind').map(
      (type) => (type as ts.StringLiteralType).value,
    );
    expect(eventKinds().toSorted()).toEqual(kinds.toSorted());
  });

  test('every webhook field and every key of an item is named', () => {
    const names = WEBHOOK_FIELDS.map(({ name }) => name);
    expect([...names, ...KINDS.map(({ key }) => key)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('every reader is shown', () => {
    const readers = ['textOf', 'payloadOf', 'attachmentsOf', 'referralOf', 'commandOf', 'orderTotal'];
    const hooks = blocks.filter(({ type }) => type === 'on').map(({ code }) => code);
    expect(readers.filter((name) => !hooks.some((code) => code.includes(`${name}(`)))).toEqual([]);
    const types = membersOfInterface('inbound/attachments.ts', 'AttachmentsByType');
    expect(types.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
  });
});

function membersOfInterface(file: string, name: string): string[] {
  const text = readFileSync(join(root, 'src', 'messenger', file), 'utf8');
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === name);
  return (found?.members ?? []).map((member) => member.name?.getText() ?? '');
}

test('every link within the page leads to one heading', () => {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
  const ambiguous = targets.filter((target) => headings.filter((heading) => heading === target).length !== 1);
  expect(ambiguous).toEqual([]);
});

describe('messages', () => {
  const examples = blocks
    .filter(({ type }) => type === 'say')
    .flatMap(({ code }) => expressions(code))
    .map((expression) => ({ expression, said: runInNewContext(`(${expression})`, { ...everthread }) as Sayable }));

  test.each(examples)('Meta would take $expression', ({ said }) => {
    for (const part of outboundMessages(said)) {
      const messaging_type = isUtility(part.message) ? ('UTILITY' as const) : ('RESPONSE' as const);
      const body = sendApiRequest({ id: '6120459871230045' }, { messaging_type }, part, 'a/b/0');
      expect(formProblem(JSON.parse(JSON.stringify(body)) as Record<string, unknown>)).toBeUndefined();
    }
  });

  test('every builder has an example', () => {
    const index = readFileSync(join(root, 'src', 'index.ts'), 'utf8');
    const exported = [...index.matchAll(/export \{([^}]+)\} from '.\/messenger\/[^']+'/g)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    const notBuilders = ['textOf', 'payloadOf', 'attachmentsOf', 'referralOf', 'commandOf', 'orderTotal'];
    const builders = exported.filter((name) => ![...notBuilders, 'messengerProfile'].includes(name));
    expect(builders.length).toBeGreaterThan(25);
    const code = blocks.map((block) => block.code).join('\n');
    expect(builders.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  test('every form of a message has an example, and no other is shown', () => {
    const shown = new Set(examples.flatMap(({ said }) => outboundMessages(said)).map(({ message }) => formOf(message)));
    const templates = membersOf('outbound/outbound-message.ts', 'Template').map(
      (type) => `template ${templateTypeOf(type.getProperty('template_type')!)}`,
    );
    const media = ['image', 'video', 'audio', 'file'];
    expect([...shown].toSorted()).toEqual(['text', 'sticker', 'utility', ...media, ...templates].toSorted());
    const names = membersOf('outbound/outbound-message.ts', 'OutboundMessage').map(nameOf);
    expect(names).toEqual(['TextMessage', 'MediaMessage', 'TemplateMessage', 'StickerMessage', 'UtilityMessage']);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('every action of a sender has an example', () => {
    const code = blocks.map((block) => block.code).join('\n');
    expect(['typing', 'markSeen', 'react', 'unreact'].filter((name) => !code.includes(`ctx.${name}(`))).toEqual([]);
  });
});

function formOf(message: OutboundMessage): string {
  if ('text' in message) return 'text';
  if ('sticker_id' in message) return 'sticker';
  if (isUtility(message)) return 'utility';
  const { type, payload } = message.attachment;
  return type === 'template' ? `template ${payload.template_type}` : type;
}

/** The literal behind `readonly template_type: 'button'`. */
function templateTypeOf({ valueDeclaration }: ts.Symbol): string {
  const text = valueDeclaration?.getText() ?? '';
  return /'(\w+)'/.exec(text)?.[1] ?? text;
}

describe('limits', () => {
  test.each(Object.entries(LIMITS))('%s is given as %d', (name, limit) => {
    expect(new RegExp(`\`${name}\` ${limit.toLocaleString('en')}(?!,?\\d)`).test(page)).toBe(true);
  });

  interface Row {
    readonly what: string;
    readonly messenger: number | null;
    readonly instagram: number | null;
    readonly unit: string;
  }

  function keeperOf(what: string): string {
    const elsewhere = KEPT_ELSEWHERE.find(({ row }) => row === what)?.by ?? ONLY_META[what];
    if (elsewhere !== undefined) return elsewhere;
    if (NOT_BUILT.some(({ row }) => row === what)) return 'not built';
    if (what === 'text.length') return 'longer texts are split';
    return MESSAGE_LIMITS.some(({ row }) => row === what) ? 'the builder' : 'the profile check';
  }

  const rowsAbout = (what: string) => [...lines].filter((line) => line.startsWith(`| \`${what}\` |`));
  const number = (value: number | null) => value?.toLocaleString('en') ?? '';

  test.each(fixtureTable<Row>('send-limits.json'))(
    '$what: the page has the number, and who keeps it',
    ({ what, messenger, instagram, unit }) => {
      const keeper = what === 'metadata.length' ? 'the send gate' : keeperOf(what);
      expect(rowsAbout(what)).toEqual([
        `| \`${what}\` | ${number(messenger)} | ${number(instagram)} | ${unit} | ${keeper} |`,
      ]);
    },
  );
});
