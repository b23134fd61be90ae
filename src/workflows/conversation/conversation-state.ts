import type { ContactCard } from '../../domain/contact.ts';
import type { ExternalId } from '../../domain/external-id.ts';
import type { Handback } from '../../domain/handoff.ts';
import type { EmittedTopic } from '../../domain/outgoing-event.ts';
import type { TagChange } from '../../domain/tags.ts';
import type { TranscriptLine } from '../../domain/transcript-line.ts';
import type { TurnRecord } from '../../domain/turn-record.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import { copyPlainJson } from '../../plugins/plain-json.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import type {
  BroadcastBegin,
  CancelScheduledRequest,
  CancelScheduledResult,
  EmitTopicRequest,
  EmitTopicResult,
  GiveBackRequest,
  OperatorMessageRequest,
  OperatorMessageResult,
  ScheduleMessageRequest,
  ScheduleMessageResult,
  SequenceEnd,
  StartSequenceRequest,
  StartSequenceResult,
  TakeOverRequest,
} from '../contract/index.ts';

/**
 * Everything that a conversation remembers, as plain JSON. It continues as new with this state, and saves it as a snapshot
 * then and at its end, so stored states have these field names. Times are epoch ms.
 */
export interface ConversationState {
  readonly version: 1;
  /** How many snapshots of this person were saved: tells a newer one from an older one. */
  saves?: number;
  /** What came in and waits for its turn, oldest first. */
  queue: Incoming[];
  /** Inbox ids of the last events: an event that is signalled again is recognised by its id. */
  seen: number[];
  /** Plugin states, by the plugin's name. */
  plugins: Record<string, PluginState>;
  /** How often in a row a hook failed, by `{plugin}.{hook}`. */
  failing?: Readonly<Record<string, number>>;
  /** Open circuit breakers of plugins, by name: the version that failed, in which hook, and until when it is disabled. */
  aside?: Readonly<Record<string, { readonly version: number; readonly hook: string; readonly until: number }>>;
  /** By plugin, the window of the last `onWindowClosing`: when it was opened. */
  closingTold?: Readonly<Record<string, number>>;
  /** How often hooks failed in all, by plugin. */
  failures?: Readonly<Record<string, number>>;
  wakeUps: readonly WakeUp[];
  /** Sequences that were started and did not report their end yet, by name; the value is the id of their cause. */
  sequences: Record<string, string>;
  /** Names of the sequences with `runs: 'once'` that this person has had. */
  ran?: readonly string[];
  tags: readonly string[];
  contact: ContactCard;
  /** Set while an operator answers, or the person waits for one. */
  human?: HumanState;
  /** The last time that operators gave the conversation back. */
  handback?: Handback;
  /** Messages of operators that wait for their time. */
  scheduled?: readonly ScheduleMessageRequest[];
  /** What was asked from outside last, by key, and what became of it. */
  requests?: readonly OutsideRequest[];
  /** External ids that a turn linked and that are not saved yet. */
  links?: readonly ExternalId[];
  /** Topics that a turn emitted and that are not in the outbox yet. */
  emitted?: readonly EmittedTopic[];
  /** When the last event happened that said who answers: a message by hand, or a change of thread control. */
  answererAt?: number;
  /** Typed messages in a row that each followed an answer: how many, when the bot last answered, and until when it is braked. */
  exchanges?: { count: number; answeredAt: number; brakedUntil?: number };
  /** When the person last opened Meta's window. */
  windowOpenedAt?: number;
  lastTurnAt: number;
  /** The last lines of the conversation, for plugins and Temporal's UI. */
  lines: TranscriptLine[];
  /** What the parts of the bot answered in the last turns, oldest first. */
  turns?: readonly TurnRecord[];
}

/** Why the bot is silent. States of older versions have only the first three fields. */
export interface HumanState {
  readonly reason: string;
  /** When the bot answers again by itself. */
  readonly until?: number;
  /** Id of the cause of the take-over. */
  readonly occasion?: string;
  /** Since when this operator has it, or since when nobody whose name is known does. */
  readonly since?: number;
  /** The operator who has it, by name. */
  readonly operator?: string;
  /** The bot handed over, and no operator has taken the conversation. */
  readonly isWaiting?: true;
  /** When an operator last wrote. */
  readonly answeredAt?: number;
}

/** A request from outside that is recognised when it is repeated; without a result it is not carried out yet. */
export interface OutsideRequest {
  readonly key: string;
  readonly result?:
    | OperatorMessageResult
    | ScheduleMessageResult
    | CancelScheduledResult
    | StartSequenceResult
    | EmitTopicResult;
}

/** The state that one plugin keeps for this person, and the plugin's version that wrote it. */
export interface PluginState {
  readonly version: number;
  state: object;
}

/** A call of `onWake` that a plugin asked for. */
export interface WakeUp {
  readonly plugin: string;
  /** Epoch ms. */
  readonly at: number;
  readonly note: string;
  /**
   * Id of the wake-up's cause, made of what asked for it. It is not made of `at`, which a run that is reset computes
   * anew. Missing in states that older versions wrote.
   */
  readonly occasion?: string;
}

/**
 * What the main loop works on, one at a time. It is stored in {@link ConversationState.queue} when a run continues as new,
 * so the values of `type` never change.
 */
export type Incoming =
  | { readonly type: 'event'; readonly item: InboxItem }
  | { readonly type: 'sequence-ended'; readonly end: SequenceEnd }
  | { readonly type: 'broadcast'; readonly begin: BroadcastBegin }
  | { readonly type: 'tags'; readonly change: TagChange }
  | ({ readonly type: 'take-over'; readonly takeOver: TakeOverRequest } & ReceivedUpdate)
  /** Older versions had no request. */
  | ({ readonly type: 'give-back'; readonly giveBack?: GiveBackRequest } & ReceivedUpdate)
  | { readonly type: 'operator-message'; readonly request: OperatorMessageRequest; readonly at: number }
  | { readonly type: 'schedule-message'; readonly request: ScheduleMessageRequest }
  | { readonly type: 'cancel-scheduled'; readonly request: CancelScheduledRequest }
  | { readonly type: 'start-sequence'; readonly request: StartSequenceRequest }
  | { readonly type: 'topic'; readonly request: EmitTopicRequest };

/** When an update came (epoch ms), and its id; older versions stored no id. */
interface ReceivedUpdate {
  readonly at: number;
  readonly updateId?: string;
}

const MAX_SEEN_EVENTS = 200;

/** The state of a person whose conversation opens for the first time. */
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

/** Reads the state of an earlier run; throws for a version that this code does not know. */
export function readState(stored: unknown): ConversationState {
  const { version } = stored as { version?: unknown };
  if (version !== 1) {
    throw new Error(
      `A conversation's state has version ${String(version)}; this code reads version 1. Deploy the code that wrote it.`,
    );
  }
  return stored as ConversationState;
}

/** Remembers an inbox id; returns false for one that was seen before. */
export function rememberEvent(state: ConversationState, inboxId: number): boolean {
  if (state.seen.includes(inboxId)) return false;
  state.seen.push(inboxId);
  if (state.seen.length > MAX_SEEN_EVENTS) state.seen.shift();
  return true;
}

/** The state of one plugin for this person: the stored one, migrated to the plugin's version, or the initial one. */
export function pluginState(state: ConversationState, plugin: Plugin): PluginState {
  const version = plugin.version ?? 1;
  const known = state.plugins[plugin.name];
  if (known?.version === version) return known;
  const next = known && plugin.migrate ? plugin.migrate(known.state, known.version) : (plugin.state ?? {});
  const fresh = { version, state: copyPlainJson(next, 'state') };
  state.plugins[plugin.name] = fresh;
  return fresh;
}
