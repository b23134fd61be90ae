import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { windowClosesAt } from '../../policy/messaging-window.ts';
import { pageIdKey, sequencesKey } from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import { progressOf } from './progress.ts';

const conversationStateKey = defineSearchAttributeKey('ConversationState', SearchAttributeType.KEYWORD);
const windowClosesAtKey = defineSearchAttributeKey('WindowClosesAt', SearchAttributeType.DATETIME);
const tagsKey = defineSearchAttributeKey('Tags', SearchAttributeType.KEYWORD_LIST);

/** Each upsert is an event in the history, so a window that only moved on a little is not worth one. */
const WINDOW_STEP_MS = 3_600_000;

interface Shown {
  readonly state: 'bot' | 'human' | 'idle';
  readonly windowClosesAt: number;
  readonly sequences: readonly string[];
  readonly tags: readonly string[];
}

/** As much of the open sequences as fits into the attribute's 2 KB. */
const MAX_SEQUENCES = 40;

/**
 * Keeps Temporal's UI in step: the talk in the current details, what one searches by in the attributes.
 * `isIdle` when the conversation closes: nothing can happen before the person writes again.
 */
export function createVisibility(conversation: ConversationId, state: ConversationState): (isIdle?: 'idle') => void {
  let shown: Shown | undefined;
  return (isIdle) => {
    setCurrentDetails(details(state));
    const next = attributesOf(state, isIdle);
    if (shown && !isNews(shown, next)) return;
    const pageId = conversationParts(conversation)?.pageId ?? '';
    upsertSearchAttributes([
      ...(shown ? [] : [{ key: pageIdKey, value: pageId }]),
      { key: conversationStateKey, value: next.state },
      ...(next.windowClosesAt > 0 ? [{ key: windowClosesAtKey, value: new Date(next.windowClosesAt) }] : []),
      { key: sequencesKey, value: [...next.sequences] },
      { key: tagsKey, value: [...next.tags] },
    ]);
    shown = next;
  };
}

function attributesOf(state: ConversationState, isIdle?: 'idle'): Shown {
  return {
    state: isIdle ?? (state.human ? 'human' : 'bot'),
    windowClosesAt: state.windowOpenedAt === undefined ? 0 : windowClosesAt(state.windowOpenedAt),
    sequences: Object.keys(state.sequences).slice(0, MAX_SEQUENCES),
    tags: state.tags,
  };
}

function isNews(old: Shown, next: Shown): boolean {
  return (
    old.state !== next.state ||
    next.windowClosesAt - old.windowClosesAt >= WINDOW_STEP_MS ||
    old.sequences.join() !== next.sequences.join() ||
    old.tags.join() !== next.tags.join()
  );
}

/** Lists, because the UI pads no tables. */
function details(state: ConversationState): string {
  const window =
    state.windowOpenedAt === undefined ? 'never opened' : `closes ${moment(windowClosesAt(state.windowOpenedAt))}`;
  const sequences = Object.keys(state.sequences);
  return [
    `- **Window** ${window}`,
    `- **Answers** ${state.human ? `a person (${state.human.reason})` : 'the bot'}`,
    ...(sequences.length > 0 ? [`- **Sequences** ${sequences.join(', ')}`] : []),
    ...(state.tags.length > 0 ? [`- **Tags** ${state.tags.join(', ')}`] : []),
    ...Object.entries(state.aside ?? {}).map(
      ([plugin, { hook, until }]) =>
        `- **Set aside** ${plugin} until ${moment(until)}: its hook ${hook} fails each time`,
    ),
    ...progressOf(state).map(([plugin, progress]) => `- **${plugin}** ${escapeMarkdown(progress)}`),
    '',
    '**The last lines**',
    '',
    ...state.lines.map(({ at, by, text }) => `- ${moment(at)} **${by}**: ${escapeMarkdown(shortened(text))}`),
  ].join('\n');
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

const MAX_SHOWN_CHARS = 160;

function shortened(text: string): string {
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}

/** What a person wrote is shown as they wrote it, on one line. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`);
}
