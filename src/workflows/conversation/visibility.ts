/** What Temporal's UI shows of a conversation: current details to read, search attributes to filter by. */

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { escapeMarkdown } from '../../domain/markdown.ts';
import { windowClosesAt } from '../../policy/messaging-window.ts';
import { plugins } from '../bot.ts';
import { pageIdKey, sequencesKey } from '../contract/index.ts';
import { endStepBudget, startStepBudget } from '../own-modules.ts';
import { formatUtcMinute } from '../time.ts';
import type { ConversationState } from './conversation-state.ts';

const conversationStateKey = defineSearchAttributeKey('ConversationState', SearchAttributeType.KEYWORD);
const windowClosesAtKey = defineSearchAttributeKey('WindowClosesAt', SearchAttributeType.DATETIME);
const tagsKey = defineSearchAttributeKey('Tags', SearchAttributeType.KEYWORD_LIST);

/** Each upsert is an event in the history, so a window that moved by less than this is not updated. */
const MIN_WINDOW_CHANGE_MS = 3_600_000;
/** Sequences that fit into the attribute's 2 KB. */
const MAX_LISTED_SEQUENCES = 40;
/** Of a line, a reason or a plugin's progress. */
const MAX_SHOWN_CHARS = 160;
const MAX_SHOWN_NAME_CHARS = 60;

interface ShownAttributes {
  readonly state: 'bot' | 'human' | 'idle';
  readonly windowClosesAt: number;
  readonly sequences: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Creates the function that updates Temporal's UI. It is called with `idle` when the conversation closes: nothing can
 * happen before the person writes again.
 */
export function createVisibility(conversation: ConversationId, state: ConversationState): (isIdle?: 'idle') => void {
  let last: ShownAttributes | undefined;
  return (isIdle) => {
    setCurrentDetails(formatDetails(state));
    const next = attributesOf(state, isIdle);
    if (last && !haveChanged(last, next)) return;
    const pageId = conversationParts(conversation)?.pageId ?? '';
    upsertSearchAttributes([
      ...(last ? [] : [{ key: pageIdKey, value: pageId }]),
      { key: conversationStateKey, value: next.state },
      ...(next.windowClosesAt > 0 ? [{ key: windowClosesAtKey, value: new Date(next.windowClosesAt) }] : []),
      { key: sequencesKey, value: [...next.sequences] },
      { key: tagsKey, value: [...next.tags] },
    ]);
    last = next;
  };
}

function attributesOf(state: ConversationState, isIdle?: 'idle'): ShownAttributes {
  return {
    state: isIdle ?? (state.human ? 'human' : 'bot'),
    windowClosesAt: state.windowOpenedAt === undefined ? 0 : windowClosesAt(state.windowOpenedAt),
    sequences: Object.keys(state.sequences).slice(0, MAX_LISTED_SEQUENCES),
    tags: state.tags,
  };
}

function haveChanged(old: ShownAttributes, next: ShownAttributes): boolean {
  return (
    old.state !== next.state ||
    next.windowClosesAt - old.windowClosesAt >= MIN_WINDOW_CHANGE_MS ||
    old.sequences.join() !== next.sequences.join() ||
    old.tags.join() !== next.tags.join()
  );
}

/** Markdown lists, because Temporal's UI renders tables without spacing. */
function formatDetails(state: ConversationState): string {
  const window =
    state.windowOpenedAt === undefined
      ? 'never opened'
      : `closes ${formatUtcMinute(windowClosesAt(state.windowOpenedAt))}`;
  const sequences = Object.keys(state.sequences);
  return [
    `- **Window** ${window}`,
    `- **Answers** ${answererOf(state)}`,
    ...(sequences.length > 0 ? [`- **Sequences** ${listNames(sequences)}`] : []),
    ...(state.tags.length > 0 ? [`- **Tags** ${listNames(state.tags)}`] : []),
    ...Object.entries(state.aside ?? {}).map(
      ([plugin, { hook, until }]) =>
        `- **Disabled** ${escapeName(plugin)} until ${formatUtcMinute(until)}: its hook ${escapeName(hook)} fails each time`,
    ),
    ...brakeOf(state),
    ...progressOf(state).map(
      ([plugin, progress]) => `- **${escapeName(plugin)}** ${escapeMarkdown(progress, MAX_SHOWN_CHARS)}`,
    ),
    '',
    '**The last lines**',
    '',
    ...state.lines.map(
      ({ at, by, operator, text }) =>
        `- ${formatUtcMinute(at)} **${operator === undefined ? by : `operator ${escapeName(operator)}`}**: ${escapeMarkdown(text, MAX_SHOWN_CHARS)}`,
    ),
  ].join('\n');
}

function answererOf({ human }: ConversationState): string {
  if (!human) return 'the bot';
  const operator = human.operator === undefined ? 'an operator' : `operator ${escapeName(human.operator)}`;
  return `${operator} (${escapeMarkdown(human.reason, MAX_SHOWN_CHARS)})`;
}

function brakeOf({ exchanges }: ConversationState): readonly string[] {
  if (exchanges?.brakedUntil === undefined) return [];
  const until = formatUtcMinute(exchanges.brakedUntil);
  return [`- **Brake** on until ${until}: two bots may be answering each other`];
}

/** The progress that each plugin reports for this person, by the plugin's name; a plugin whose `progress` throws reports none. */
export function progressOf(state: ConversationState): readonly (readonly [plugin: string, progress: string])[] {
  return plugins().flatMap((plugin) => {
    const known = state.plugins[plugin.name];
    // A state of another version is not migrated yet.
    if (!plugin.progress || known?.version !== (plugin.version ?? 1)) return [];
    try {
      startStepBudget();
      const progress: unknown = plugin.progress(known.state);
      return typeof progress === 'string' ? [[plugin.name, progress] as const] : [];
    } catch {
      return [];
    } finally {
      endStepBudget();
    }
  });
}

function escapeName(name: string): string {
  return escapeMarkdown(name, MAX_SHOWN_NAME_CHARS);
}

function listNames(names: readonly string[]): string {
  return names.map(escapeName).join(', ');
}
