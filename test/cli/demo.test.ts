import { expect, test } from 'vitest';
import { demoLines } from '../../src/cli/commands/demo.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 24, 4, 30);

test.each([
  [5.5, 'Tue 10:00', 'Wed 08:10', 'Sat 17:20'],
  [-8, 'Mon 20:30', 'Tue 18:40', 'Sat 03:50'],
])("gaps are those between messages, and the clock is the person's (UTC%d)", (timezone, ...times) => {
  const bubble = (author: string, hours: number) => ({ author, at: START + hours * HOUR, text: `after ${hours}` });
  const bubbles = [bubble('person', 0), bubble('bot', 0.01), bubble('bot', 22 + 1 / 6), bubble('inbox', 103 + 1 / 3)];
  const thread = { person: { firstName: 'Ana', timezone }, bubbles } as never;

  expect(demoLines(thread, 0).map((line) => line.trim().replace(/: after.*/, ''))).toEqual([
    `${times[0]}     Ana`,
    `${times[0]}     bot`,
    '… 22 hours later …',
    `${times[1]}     bot`,
    '… 3 days 9 hours later …',
    `${times[2]}   inbox`,
  ]);
  expect(demoLines(thread, 3)).toHaveLength(2);
});
