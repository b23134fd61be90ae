/** What people, plugins and other apps named, on a terminal: it moves no cursor, changes no colour and hides nothing. */

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { contactLines } from '../../src/cli/commands/contacts.ts';
import { stopLines, tableOf } from '../../src/cli/commands/funnel.ts';
import { formatFinding } from '../../src/cli/doctor/report.ts';
import { personName, printError, say } from '../../src/cli/terminal.ts';
import { describeBrokenRun } from '../../src/dev/run-repair.ts';
import { formatAlert, formatBotLine } from '../../src/dev/terminal-lines.ts';
import { quoteForTerminal } from '../../src/graph/describe-graph-error.ts';
import { PAGE, START } from '../support/events.ts';

/** A screen that is cleared, a title that is set, letters turned round, an invisible tag, a line of Unicode, a lone surrogate. */
const EVIL = 'x\u001B[2J\u009B2J\u001B]0;t\u0007\u202Ey\u2067\u200B\u2028\u{E0041}\uFFF9\u00AD\u180E\r\b\uD800z';
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200C\u200D])\p{Cf}/u;
const conversation = `messenger:${PAGE}:612${EVIL}` as const;
const unpainted = (_code: number, text: string) => text;

/** What is printed to a stream while `print` runs. */
function printedBy(stream: NodeJS.WriteStream, print: () => void): string {
  const write = vi.spyOn(stream, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  print();
  return write.mock.calls.map(([text]) => String(text)).join('');
}

async function contactsAs(format: 'table' | 'json'): Promise<string> {
  const contact = { conversation, pageId: PAGE, psid: EVIL, firstName: EVIL, lastName: EVIL, tags: [EVIL] };
  const audience = { page: async () => [{ contact }] } as never;
  let text = '';
  for await (const line of contactLines(audience, {}, format)) text += line;
  return text;
}

const step = { funnel: EVIL, step: EVIL, people: 1, last: 1, afterMs: null };
const stop = { funnel: EVIL, step: EVIL, conversation, at: START, person: { firstName: EVIL } };
const firstReply = { answered: 0, unanswered: 0, medianMs: null, p95Ms: null };

describe('nothing invisible is left in', () => {
  test.each<[string, () => string | Promise<string>]>([
    ['a quoted text', () => quoteForTerminal(EVIL)],
    ['a quoted object', () => quoteForTerminal({ [EVIL]: [EVIL] }, 2)],
    ['a name', () => personName({ firstName: EVIL, lastName: EVIL })],
    ['contacts', () => contactsAs('table')],
    ['contacts as JSON', () => contactsAs('json')],
    ['a funnel', () => tableOf({ steps: [step] as never, firstReply }).join('\n')],
    ['people of a funnel', () => stopLines([stop] as never).join('\n')],
    ['a finding of the doctor', () => formatFinding({ check: 'page', status: 'error', message: EVIL } as never)],
    ['a broken run', () => describeBrokenRun({ workflowId: conversation, type: EVIL, problem: EVIL } as never)],
    ['a line of the bot', () => formatBotLine({ level: 'error', words: EVIL, place: EVIL }, new Date(), unpainted)],
    ['an alert', () => formatAlert(EVIL, unpainted)],
    ['a line', () => printedBy(process.stdout, () => say(EVIL))],
    ['an error', () => printedBy(process.stderr, () => printError(Object.assign(new Error(EVIL), { code: 'x' })))],
    ['an error of nobody', () => printedBy(process.stderr, () => printError(EVIL))],
  ])('%s', async (_, print) => {
    const text = await print();
    expect(text).toContain('x');
    expect(text.replaceAll('\n', '')).not.toMatch(INVISIBLE);
  });
});

test('what is quoted is the same when it is read again, and what is visible stays', () => {
  expect(JSON.parse(quoteForTerminal({ [EVIL]: EVIL }, 2))).toEqual({ [EVIL]: EVIL });
  expect(quoteForTerminal('São João 👩‍👧 ✓')).toBe('"São João 👩‍👧 ✓"');
  expect(printedBy(process.stdout, () => say('  São João 👩‍👧\n\tnext'))).toBe('  São João 👩‍👧\n\tnext\n');
});
