import type { HeardMessage } from '../domain/heard-message.ts';
import type { RecordedStep, Recording } from './recording.ts';

/** The recording as a test file of vitest, with the public test API. `bot`: the bot's path, as `simulate` takes it. */
export function writeTestFile({ person, startsAt, steps, leftOut }: Recording, bot: string): string {
  const options = { startsAt, ...(Object.keys(person).length > 0 && { person }) };
  return [
    '// A conversation with the bot, recorded by everthread: what was done, and what the bot said after it.',
    ...leftOut.map((sentence) => `// Left out: ${sentence}`),
    '',
    "import { simulate } from 'everthread/testing';",
    "import { expect, test } from 'vitest';",
    '',
    "test('the bot says what it said when this was recorded', { timeout: 120_000 }, async () => {",
    `  const talk = await simulate(${literal(bot)}, ${literal(options)});`,
    ...steps.flatMap((step) => ['', ...linesOf(step)]),
    '});',
    '',
  ].join('\n');
}

function linesOf({ does, with: values, heard }: RecordedStep): readonly string[] {
  return [
    `  await talk.${does}(${values.map(literal).join(', ')});`,
    `  expect(talk.heard()).toEqual(${heardList(heard)});`,
  ];
}

function heardList(heard: readonly HeardMessage[]): string {
  const messages = heard.map((message) => (message === null ? 'expect.any(String)' : literal(message)));
  const line = `[${messages.join(', ')}]`;
  return line.length <= 80 ? line : `[\n${messages.map((message) => `    ${message},\n`).join('')}  ]`;
}

/** A value as source text. It has no line break, and no text can end it or be evaluated. */
function literal(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{ ${entries.map(([key, one]) => `${/^[a-z]\w*$/i.test(key) ? key : quote(key)}: ${literal(one)}`).join(', ')} }`;
}

const NOT_SHOWN = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

/** Characters that cannot be seen, or that turn the order of others, are escaped. */
function quote(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(NOT_SHOWN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return inner.includes("'") ? `"${inner}"` : `'${inner.replaceAll('\\"', '"')}'`;
}
