import type { ContactCard } from '../../domain/contact-card.ts';
import type { TagChange } from '../../domain/tags.ts';
import type { TakeOver } from '../../domain/take-over.ts';
import type { TranscriptLine } from '../../domain/transcript-line.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import { plainJson } from '../../plugins/plain-json.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import type { BroadcastBegin, SequenceEnd } from '../contract/index.ts';

/**
 * All that a conversation remembers, as plain JSON: what it continues as new with, and what it closes with.
 * Times are epoch ms.
 */
export interface ConversationState {
  readonly version: 1;
  /** What came in and was not worked on yet. */
  queue: Incoming[];
  /** Inbox ids of the last events, so that one that is signalled again is recognised. */
  seen: number[];
  /** Per plugin, by name. */
  plugins: Record<string, PluginState>;
  /** How often in a row a hook failed, by `{plugin}.{hook}`. */
  failing?: Readonly<Record<string, number>>;
  /** Plugins that are left out for a while, by name: their code of that version fails each time. */
  aside?: Readonly<Record<string, { readonly version: number; readonly hook: string; readonly until: number }>>;
  /** Which window plugins were told of that it closes, by plugin: when it was opened, epoch ms. */
  closingTold?: Readonly<Record<string, number>>;
  /** How often hooks failed, by plugin, ever. */
  failures?: Readonly<Record<string, number>>;
  wakeUps: readonly WakeUp[];
  /** Sequences that were started and have not said that they ended, by name; the value is their occasion. */
  sequences: Record<string, string>;
  /** Names of sequences that run once for a person, and did. */
  ran?: readonly string[];
  tags: readonly string[];
  contact: ContactCard;
  /** Set while a person of the business answers. */
  human?: { readonly reason: string; readonly until?: number; readonly occasion?: string };
  /** When the person last opened Meta's window. */
  windowOpenedAt?: number;
  lastTurnAt: number;
  /** The last lines of the talk, for plugins and Temporal's UI. */
  lines: TranscriptLine[];
}

export interface PluginState {
  readonly version: number;
  state: object;
}

export interface WakeUp {
  readonly plugin: string;
  readonly at: number;
  readonly note: string;
  /**
   * Made of what asked for it: what is said then is named after this, and not after the moment, which a
   * run that does everything again computes anew. Missing in states from before.
   */
  readonly occasion?: string;
}

/** What the main loop works on, one after the other. */
export type Incoming =
  | { readonly type: 'event'; readonly item: InboxItem }
  | { readonly type: 'sequence-ended'; readonly end: SequenceEnd }
  | { readonly type: 'broadcast'; readonly begin: BroadcastBegin }
  | { readonly type: 'tags'; readonly change: TagChange }
  | ({ readonly type: 'take-over'; readonly takeOver: TakeOver } & Update)
  | ({ readonly type: 'give-back' } & Update);

/** `updateId` is missing in queues from before. */
interface Update {
  readonly at: number;
  readonly updateId?: string;
}

const REMEMBERED_EVENTS = 200;
const KEPT_LINES = 10;
const MAX_LINE_CHARS = 500;

export function newState(contact: ContactCard, now: number): ConversationState {
  return {
    version: 1,
    queue: [],
    seen: [],
    plugins: {},
    wakeUps: [],
    sequences: {},
    tags: [],
    contact,
    lastTurnAt: now,
    lines: [],
  };
}

/** Takes up a state of an earlier run, or throws for one this code cannot read. */
export function readState(stored: unknown): ConversationState {
  const { version } = stored as { version?: unknown };
  if (version !== 1) {
    throw new Error(
      `A conversation's state has version ${String(version)}; this code reads version 1. Deploy the code that wrote it.`,
    );
  }
  return stored as ConversationState;
}

/** True the first time an inbox id is seen. */
export function remember(state: ConversationState, inboxId: number): boolean {
  if (state.seen.includes(inboxId)) return false;
  state.seen.push(inboxId);
  if (state.seen.length > REMEMBERED_EVENTS) state.seen.shift();
  return true;
}

export function addLine(state: ConversationState, line: TranscriptLine): void {
  const text = line.text.length > MAX_LINE_CHARS ? `${line.text.slice(0, MAX_LINE_CHARS)}…` : line.text;
  state.lines.push({ ...line, text });
  if (state.lines.length > KEPT_LINES) state.lines.shift();
}

/** The state of one plugin for this person: what is stored, brought to the plugin's version, or its first state. */
export function pluginState(state: ConversationState, plugin: Plugin): PluginState {
  const version = plugin.version ?? 1;
  const known = state.plugins[plugin.name];
  if (known?.version === version) return known;
  const next = known && plugin.migrate ? plugin.migrate(known.state, known.version) : (plugin.state ?? {});
  const fresh = { version, state: plainJson(next, 'state') };
  state.plugins[plugin.name] = fresh;
  return fresh;
}
