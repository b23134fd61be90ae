/**
 * Checks the topics and sequences that a bot names: one that nobody emits, or that is not in the bot, would wait or fail in
 * the middle of a conversation.
 */

import type { Bot } from '../../plugins/bot.ts';
import { didYouMean } from '../../plugins/did-you-mean.ts';
import type { NamedCall } from './named-calls.ts';

/** A name that is wrong, and where it stands. */
export interface WrongName {
  readonly name: string;
  /** A sentence that says what is wrong, and the cure. */
  readonly problem: string;
  /** Offset in the code; missing where it stands in the bot's data. */
  readonly start?: number;
}

/** The calls in the code of a bot: those in the developer's own files, and those in libraries. */
export interface BotCalls {
  readonly own: readonly NamedCall[];
  readonly ofLibraries: readonly NamedCall[];
}

/** Topics that everthread emits itself. */
const EVERTHREAD_TOPICS = ['handoff', 'operator-answered', 'opt-out', 'not-understood'];

/** Finds every wrong name. While the bot's own code computes the name of a topic that it emits, no topic is wrong. */
export function findWrongNames(bot: Bot, calls: BotCalls): WrongName[] {
  return [...findUnknownSequences(bot, calls), ...findUnknownTopics(bot, calls)];
}

function findUnknownSequences({ sequences = [], broadcasts = [] }: Bot, { own }: BotCalls): WrongName[] {
  const known = [...new Set([...sequences, ...broadcasts].map(({ name }) => name))];
  return namesIn(own, ['startSequence', 'stopSequence']).flatMap(({ name, start, method }) =>
    known.includes(name)
      ? []
      : [
          {
            name,
            start,
            problem: `${method}('${name}') names a sequence that is not in the bot.${didYouMean(name, known)} Add it to \`sequences\`.`,
          },
        ],
  );
}

interface HeardTopic {
  readonly name: string;
  readonly by: string;
  readonly start?: number;
}

function findUnknownTopics(bot: Bot, { own, ofLibraries }: BotCalls): WrongName[] {
  const { plugins, topics = {} } = bot;
  if (own.some(({ method, names }) => method === 'emit' && names === undefined)) return [];
  const known = [
    ...EVERTHREAD_TOPICS,
    ...plugins.flatMap(({ emits = [] }) => [...emits]),
    ...namesIn([...own, ...ofLibraries], ['emit']).map(({ name }) => name),
    ...Object.keys(topics),
  ];
  const heard: HeardTopic[] = [
    ...topicsOfSequences(bot),
    ...plugins.flatMap(({ name: plugin, hears = [] }) => hears.map((name) => ({ name, by: `plugin "${plugin}"` }))),
    ...namesIn(own, ['waitFor']).map(({ name, start }) => ({ name, start, by: `waitFor('${name}')` })),
  ];
  return heard
    .filter(({ name }) => !known.includes(name))
    .map(({ name, by, start }) => ({
      name,
      ...(start !== undefined && { start }),
      problem:
        `No plugin emits the topic "${name}", which ${by} needs.${didYouMean(name, known)} If it comes from outside the bot, ` +
        `or from a plugin that computes its name, declare it: defineBot({ topics: { '${name}': true }, … }).`,
    }));
}

function topicsOfSequences({ sequences = [], broadcasts = [] }: Bot): HeardTopic[] {
  return [...sequences, ...broadcasts.map(({ sequence }) => sequence)].flatMap(
    ({ name: owner, startOn, stopOn = [] }) => [
      ...[startOn ?? []].flat().map((name) => ({ name, by: `\`startOn\` of sequence "${owner}"` })),
      ...stopOn.filter((name) => name !== 'reply').map((name) => ({ name, by: `\`stopOn\` of sequence "${owner}"` })),
    ],
  );
}

function namesIn(calls: readonly NamedCall[], methods: readonly NamedCall['method'][]) {
  return calls
    .filter(({ method }) => methods.includes(method))
    .flatMap(({ method, names = [], start }) => names.map((name) => ({ method, name, start })));
}
