/**
 * A plugin is a bot's module: JSON state and named hooks that decide what to answer.
 * (Not to be confused with Fastify's plugins, which are in `src/api`, nor with Temporal's.)
 */

import type { ContactCard } from '../domain/contact-card.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { Consent, Lead } from '../domain/lead.ts';
import type { SendOutcome } from '../domain/send.ts';
import type { SequenceStart } from '../domain/sequence-start.ts';
import type { TakeOver } from '../domain/take-over.ts';
import type { ThreadControlOutcome, ThreadControlRequest } from '../domain/thread-control.ts';
import type { TranscriptLine } from '../domain/transcript-line.ts';
import type { InboundEvent, MessageEvent, PostbackEvent } from '../messenger/inbound/inbound-event.ts';
import type { OptSignal } from '../messenger/inbound/opt-signal.ts';
import type { WebhookField } from '../messenger/inbound/webhook-fields.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import type { Duration } from './duration.ts';
import type { NoActivities, ActivityFunctions, DeclaredActivities } from './plugin-activities.ts';
import type { KnownTopic, TopicArguments, TopicName } from './topics.ts';

/** `handled` ends the chain for this event, `pass` offers it to the next plugin. */
export type HookResult = 'handled' | 'pass';

/** Every kind of event that has no hook of its own. */
export type OtherEvent = Exclude<InboundEvent, MessageEvent | PostbackEvent>;

/**
 * What `definePlugin` takes. Hooks may be async, and await nothing but what their context offers.
 *
 * A hook that throws, answers something else than it should, does too much or never ends is stopped and reported with
 * the plugin's name. What it changed and asked for is undone, what it said stays said, and the event goes to the next
 * plugin. A promise that a statement leaves alone (`save();`) is waited for, and its failure is reported. A plugin whose
 * hook fails five times in a row is set aside for an hour in that conversation; the log and Temporal's UI say so. Limits
 * and examples are in `docs/writing-plugins.md`.
 *
 * Three things nothing can stop, because they are one step for JavaScript:
 * - A regular expression that takes for ever on what somebody wrote ends the worker's process on Node 20, again at each
 *   start. Those written out in the bot's files are tried when it is loaded; check the ones of your dependencies, and
 *   those made at run time.
 * - A text or list that fills the memory.
 * - A promise kept in a variable, awaited by nobody, that fails: its conversation waits for the next deploy, and
 *   Temporal's UI says so. Others go on.
 */
export interface Plugin<State extends object = object, Activities extends ActivityFunctions = NoActivities> {
  /** Unique in a bot, in kebab-case: `lead-capture`. The key of its state, and its name in logs. */
  readonly name: string;
  /** Raise it when the shape of `state` changes, and say in `migrate` how an old one becomes a new one. Default 1. */
  readonly version?: number;
  /** The state of a person that the plugin has not met: plain JSON. */
  readonly state?: State;
  migrate?(old: unknown, fromVersion: number): State;
  /**
   * How far this person has come, in some words for Temporal's UI: `asks for "email", 1 of 3 answered`. Nothing to say:
   * `undefined`. It changes nothing, and names no person.
   */
  progress?(state: State): string | undefined;
  /** Webhook fields it needs besides the usual ones: `['messaging_feedback']`. `everthread subscribe` asks Meta for them. */
  readonly fields?: readonly WebhookField[];
  /** How long before the window closes `onWindowClosing` is called. Default: 1 hour. */
  readonly beforeWindowCloses?: Duration;
  /** The plugin's outside half: see {@link declareActivities}. */
  readonly activities?: DeclaredActivities<Activities>;

  /**
   * Sees every event that wakes a conversation, also while a person of the business or another app answers. Consumes
   * nothing. Which kinds wake it is in `docs/messenger.md`: receipts, for one, do not.
   */
  observe?(ctx: PluginContext<State, Activities>, event: InboundEvent): void | Promise<void>;
  /** The person wrote, sent media or tapped a quick reply. */
  onMessage?(ctx: PluginContext<State, Activities>, message: MessageEvent): Promise<HookResult>;
  /** The person tapped a button, a menu item or Get Started. */
  onPostback?(ctx: PluginContext<State, Activities>, postback: PostbackEvent): Promise<HookResult>;
  /** Any other event: a reaction, a referral, an order, … */
  onEvent?(ctx: PluginContext<State, Activities>, event: OtherEvent): Promise<HookResult>;
  /**
   * After a message or postback went through the chain: `handledBy` names the plugin that took it. This is where
   * a form asks its question again after an FAQ stepped in, or says what is wrong with an answer nobody wanted.
   */
  afterMessage?(
    ctx: PluginContext<State, Activities>,
    event: MessageEvent | PostbackEvent,
    handledBy: string | undefined,
  ): Promise<HookResult>;
  /** A moment that `ctx.wakeAt` asked for has come. */
  onWake?(ctx: PluginContext<State, Activities>, note: string): void | Promise<void>;
  /** Something was emitted, by this plugin or another. */
  onTopic?(ctx: PluginContext<State, Activities>, topic: KnownTopic): void | Promise<void>;
  /**
   * Meta's window will close for this person, in {@link Plugin.beforeWindowCloses}: the last chance to say something. Once
   * for each window; not while a person of the business answers, and not for the longer windows after ads.
   */
  onWindowClosing?(ctx: PluginContext<State, Activities>, window: WindowClosing): void | Promise<void>;
  /** A person took over, or gave the talk back. */
  onHandoff?(ctx: PluginContext<State, Activities>, handoff: Handoff): void | Promise<void>;
}

export interface WindowClosing {
  /** Epoch ms. */
  readonly closesAt: number;
}

export interface Handoff {
  readonly to: 'human' | 'bot';
  readonly reason: string;
}

/** What a hook can see and do. */
export interface PluginContext<State extends object = object, Activities extends ActivityFunctions = NoActivities> {
  readonly conversation: ConversationId;
  readonly contact: ContactCard;
  /** The time to decide by, epoch ms: the same when the turn is run again. Use it in place of `Date.now()`. */
  readonly now: number;
  /** When the bot's quiet hours end for this person, epoch ms; `undefined` when it is not quiet. */
  readonly quietUntil: number | undefined;
  /** This plugin's JSON for this person. Change it in place; it is kept when the hook is done. */
  state: State;
  /** The plugin's own activities, as declared in {@link Plugin.activities}. */
  readonly activities: Activities;
  readonly tags: readonly string[];
  /** The last ten lines of the talk, the oldest first, each cut to 500 characters. */
  readonly lines: readonly TranscriptLine[];
  readonly log: Logger;

  /** Says something. Never throws: what became of it is in the outcome. */
  send(message: Sayable): Promise<SendOutcome>;
  /**
   * Shows three dots, for 20 seconds or until the next message, which waits for them at most a second. Like the three
   * after it: there is nothing to await, and no promise that it happens. It is tried once, and left out while a person
   * or another app answers, while no message could go out, and when the Page has enough to do. Ten of them per hook.
   */
  typing(): void;
  /** Shows the person that what they wrote was seen. */
  markSeen(): void;
  /** Puts an emoji on a message, by its `mid`; another one takes its place. */
  react(mid: string, emoji: string): void;
  /** Takes the Page's emoji off a message again. */
  unreact(mid: string): void;
  /**
   * Calls `onWake` of this plugin at that moment, epoch ms, or when the quiet hours end that hold then. The same note again
   * moves the moment.
   */
  wakeAt(at: number, note?: string): void;
  /** Tells plugins (`onTopic`) and sequences (`startOn`, `stopOn`, `waitFor`) that something happened. */
  emit<Name extends TopicName>(topic: Name, ...data: TopicArguments<Name>): void;
  /** Starts a sequence of this bot by name, as its `runs` allows: by default a run that is under way goes on. */
  startSequence(name: string, data?: unknown): Promise<SequenceStart>;
  stopSequence(name: string, reason: string): Promise<void>;
  tag(tag: string): void;
  untag(tag: string): void;
  /** Keeps a lead in the store, from where it goes to the webhook, and gives it back with its id. */
  saveLead(form: string, fields: Readonly<Record<string, string>>, consent?: Consent): Promise<Lead>;
  /**
   * Keeps that the person asked not to be written to on the business's own initiative, or to be again, at that moment
   * (the event's `at`). "stop" and "start" are kept without it; this is for words that only the bot knows.
   */
  recordOptSignal(wish: OptSignal, at: number): Promise<void>;
  /**
   * Keeps that the person reached a step of a funnel, for `everthread funnel`; the first time counts. Both are names of
   * your own, of at most 100 characters.
   */
  recordStep(funnel: string, step: string): Promise<void>;
  /** The bot is silent until a person gives the talk back, or the time is up. */
  handOver(takeOver: TakeOver): void;
  /**
   * Gives a thread to another app or to Meta's inbox, or takes it back, where Conversation Routing is on. Never throws,
   * and says nothing in the talk; where routing is off, Meta refuses it or changes nothing.
   */
  threadControl(request: ThreadControlRequest): Promise<ThreadControlOutcome>;
}

/** Structured logging that stays quiet when a turn is replayed. No names, texts or addresses of people, please. */
export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Types a plugin; gives back what it is given.
 *
 * ```ts
 * export const counter = definePlugin({
 *   name: 'counter',
 *   state: { messages: 0 },
 *   observe(ctx, event) {
 *     if (event.kind === 'message') ctx.state.messages += 1;
 *   },
 *   async onMessage(ctx, message) {
 *     if (message.text !== 'count') return 'pass';
 *     await ctx.send(`You wrote ${ctx.state.messages} messages.`);
 *     return 'handled';
 *   },
 * });
 * ```
 */
export function definePlugin<State extends object = object, Activities extends ActivityFunctions = NoActivities>(
  plugin: Plugin<State, Activities>,
): Plugin<State, Activities> {
  return plugin;
}
