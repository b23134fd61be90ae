import type { Item } from '../../../src/client/index.ts';
import { wordsOf } from '../../../src/domain/send-reasons.ts';

type DayNumbers = Item<'/numbers'>;

/** One of the things that a plot counts: a number for each day that has one. */
export interface Series {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

/** What a plot shows. */
export interface PlotContent {
  readonly title: string;
  /** What is counted, in which unit. */
  readonly words: string;
  /** `bars` stand on each other: together they are all of the day. */
  readonly kind: 'bars' | 'lines';
  readonly unit: string;
  readonly series: readonly Series[];
}

/** More than these are hard to tell apart. */
const MAX_SERIES = 6;
const MINUTE_MS = 60_000;

/** The plots of some days; a plot without anything is left out. */
export function toPlots(items: readonly DayNumbers[]): PlotContent[] {
  const pages = new Set(items.map(({ page }) => page));
  return [
    bars('Messages by author', 'Messages of each day, by who wrote them.', 'messages', items, ({ messages }) => [
      ['People', messages.person],
      ['Bot', messages.bot],
      ['Operators', messages.operator],
      ['Other apps', messages.otherApp],
    ]),
    ...(pages.size > 1
      ? [
          bars('Messages by Page', 'Messages of each day, of all authors, by Page.', 'messages', items, (day) => [
            [`Page ${day.page}`, Object.values(day.messages).reduce((sum, count) => sum + count, 0)],
          ]),
        ]
      : []),
    bars(
      'What answered questions',
      'Questions of each day, by the plugin or the sequence of the bot that answered first. Several messages in a row are one question.',
      'questions',
      items,
      ({ answeredBy, unanswered }) => [...Object.entries(answeredBy), ['Not answered yet', unanswered]],
    ),
    lines(
      'Time to the first reply',
      'How long people waited for the first reply to their question, in minutes: half of them at most so long. Of several Pages, the slowest counts.',
      items,
      ({ firstReply }) => [
        ['Bot', firstReply.bot?.p50Ms],
        ['Operators', firstReply.operator?.p50Ms],
      ],
    ),
    bars(
      'People who waited for an operator',
      'People who began to wait for an operator on the day, by what became of it.',
      'people',
      items,
      ({ handoffs }) => [
        ['An operator came', handoffs.answered?.answered ?? 0],
        ['The bot went on', handoffs.leftToBot],
        ['Still waiting', handoffs.waiting],
      ],
    ),
    bars(
      'Messages of sequences',
      'People who got a message of a sequence on the day, by sequence; somebody who got two counts twice.',
      'people',
      items,
      ({ sequenceSteps }) => sequenceSteps.map(({ sequence, people }) => [sequence, people]),
    ),
    bars(
      'Messages that did not go out',
      'Messages of the bot and of operators that Meta’s rules forbade, or Meta refused, by reason.',
      'messages',
      items,
      ({ refused }) => Object.entries(refused).map(([reason, count]) => [wordsOf(reason), count]),
    ),
    bars('Leads', 'Forms that people filled in on the day.', 'leads', items, ({ leads }) => [['Leads', leads]]),
  ].filter(({ series }) => series.length > 0);
}

type Counts = readonly (readonly [name: string, count: number])[];

function bars(
  title: string,
  words: string,
  unit: string,
  items: readonly DayNumbers[],
  countsOf: (item: DayNumbers) => Counts,
): PlotContent {
  const series = new Map<string, Map<string, number>>();
  for (const item of items)
    for (const [name, count] of countsOf(item)) {
      if (count === 0) continue;
      const values = series.get(name) ?? new Map<string, number>();
      series.set(name, values.set(item.day, (values.get(item.day) ?? 0) + count));
    }
  return { title, words, unit, kind: 'bars', series: largest(series) };
}

function lines(
  title: string,
  words: string,
  items: readonly DayNumbers[],
  timesOf: (item: DayNumbers) => readonly (readonly [name: string, ms: number | undefined])[],
): PlotContent {
  const series = new Map<string, Map<string, number>>();
  for (const item of items)
    for (const [name, ms] of timesOf(item)) {
      if (ms === undefined) continue;
      const values = series.get(name) ?? new Map<string, number>();
      const minutes = Math.round((ms / MINUTE_MS) * 10) / 10;
      series.set(name, values.set(item.day, Math.max(values.get(item.day) ?? 0, minutes)));
    }
  return {
    title,
    words,
    unit: 'minutes',
    kind: 'lines',
    series: [...series].map(([name, values]) => ({ name, values })),
  };
}

/** The largest series; the others are one. */
function largest(series: ReadonlyMap<string, ReadonlyMap<string, number>>): Series[] {
  const all = [...series].map(([name, values]) => ({ name, values }));
  if (all.length <= MAX_SERIES) return all;
  const sorted = all.toSorted((one, other) => totalOf(other) - totalOf(one));
  const rest = new Map<string, number>();
  for (const { values } of sorted.slice(MAX_SERIES - 1))
    for (const [day, count] of values) rest.set(day, (rest.get(day) ?? 0) + count);
  return [...sorted.slice(0, MAX_SERIES - 1), { name: 'Others', values: rest }];
}

/** The sum over all days. */
export function totalOf({ values }: Series): number {
  return [...values.values()].reduce((sum, count) => sum + count, 0);
}
