/**
 * A plugin is a module of a bot: JSON state for each person, and hooks that decide what to answer. (Fastify's plugins are in
 * `src/api`; Temporal's are something else again.)
 */

import type { ContactCard } from '../domain/contact.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { Handback, TakeOver, ThreadControlOutcome, ThreadControlRequest } from '../domain/handoff.ts';
import type { Consent, Lead } from '../domain/lead.ts';
import type { SendOutcome } from '../domain/send.ts';
import type { SequenceStart } from '../domain/sequence-start.ts';
import type { TranscriptLine } from '../domain/transcript-line.ts';
import type { InboundEvent, MessageEvent, PostbackEvent } from '../messenger/inbound/inbound-event.ts';
import type { OptSignal } from '../messenger/inbound/opt-signal.ts';
import type { WebhookField } from '../messenger/inbound/webhook-fields.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import type { Duration } from './duration.ts';
import type { NoActivities, ActivityFunctions, DeclaredActivities } from './plugin-activities.ts';
import type { KnownTopic, TopicArguments, TopicName } from './topics.ts';

/** What a hook returns: `handled` ends the chain for this event, `pass` offers it to the next plugin. */
export type HookResult = 'handled' | 'pass';

/** Every kind of event that has no hook of its own. */
export type OtherEvent = Exclude<InboundEvent, MessageEvent | PostbackEvent>;

/**
 * A plugin, as {@link definePlugin} takes it. Hooks may be async; they may await only what their context offers.
 *
 * A hook that throws, returns something else, does too much or never ends is stopped and logged with the plugin's name. Its
 * changes are undone, its messages stay sent, and the event goes to the next plugin. A floating promise (`save();`,
 * `const saved = save();`) is waited for, and its failure is logged. A plugin whose hook fails five times in a row is disabled in that conversation for
 * an hour; the log and Temporal's UI say so. All limits are in `docs/writing-plugins.md`.
 *
 * Work in which JavaScript is busy in one step cannot be stopped: sorting a huge list, a text that fills the memory. It ends
 * the worker, which is started again; a conversation in which that happens twice is quarantined (`docs/operations.md`), and
 * all others are answered.
 */
export interface Plugin<State extends object = object, Activities extends ActivityFunctions = NoActivities> {
  /**
   * Unique in a bot, in kebab-case, at most 40 characters: `lead-capture`. It is the key of the plugin's state and its name
   * in logs.
   */
  readonly name: string;
  /** A whole number from 1. Raise it when the shape of `state` changes, and convert old states in `migrate`. Default: 1. */
  readonly version?: number;
  /** The initial state for a person, as plain JSON, at most 50,000 characters. Default: `{}`. */
  readonly state?: State;
  /** Converts a state of an older version. Without it a state of another version is replaced by the initial one. */
  migrate?(old: unknown, fromVersion: number): State;
  /**
   * How far this person has come, for Temporal's UI: `asks for "email", 1 of 3 answered`; `undefined` for nothing. It must
   * not change the state or name the person. Cut to 160 characters.
   */
  progress?(state: State): string | undefined;
  /** Webhook fields it needs besides the usual ones: `['messaging_feedback']`. `everthread subscribe` asks Meta for them. */
  readonly fields?: readonly WebhookField[];
  /** How long before the window closes `onWindowClosing` is called. Default: 1 hour. */
  readonly beforeWindowCloses?: Duration;
  /** The activities that it may call, from {@link declareActivities}. Default: none. */
  readonly activities?: DeclaredActivities<Activities>;
  /**
   * Topics that it emits. A sequence that starts or stops on a topic that nobody emits stops the load of the bot; topics
   * written out in `ctx.emit('…')` are found without this list. Default: none.
   */
  readonly emits?: readonly TopicName[];
  /** Topics that it listens to: one that nobody emits stops the load of the bot. Default: none. */
  readonly hears?: readonly TopicName[];
  /**
   * Sequences that it starts: one that the bot does not have stops the load. Those written out in `ctx.startSequence('…')`
   * are found without this list. Default: none.
   */
  readonly starts?: readonly string[];
  /** Words that it answers, for somebody who meets the bot in the simulator: `['opening hours']`. Default: none. */
  readonly wordsToTry?: readonly string[];

  /**
   * Sees every event that wakes a conversation, also while an operator or another app answers, and cannot handle it. Which
   * kinds wake a conversation is in `docs/messenger.md`; receipts do not.
   */
  observe?(ctx: PluginContext<State, Activities>, event: InboundEvent): void | Promise<void>;
  /** The person wrote, sent media or tapped a quick reply. */
  onMessage?(ctx: PluginContext<State, Activities>, message: MessageEvent): Promise<HookResult>;
  /** The person tapped a button, a menu item or Get Started. */
  onPostback?(ctx: PluginContext<State, Activities>, postback: PostbackEvent): Promise<HookResult>;
  /** Any other event: a reaction, a referral, an order, … */
  onEvent?(ctx: PluginContext<State, Activities>, event: OtherEvent): Promise<HookResult>;
  /**
   * A message or postback has gone through the chain; `handledBy` is the name of the plugin that handled it, or
   * `sequence survey` when a sequence of that name waits for it. Here a form repeats its question after an FAQ stepped in,
   * or says what is wrong with an answer that nobody handled.
   */
  afterMessage?(
    ctx: PluginContext<State, Activities>,
    event: MessageEvent | PostbackEvent,
    handledBy: string | undefined,
  ): Promise<HookResult>;
  /** A time that this plugin set with `ctx.wakeAt` has come; `note` is the one given there. */
  onWake?(ctx: PluginContext<State, Activities>, note: string): void | Promise<void>;
  /** A topic was emitted, by this plugin, another one or everthread. */
  onTopic?(ctx: PluginContext<State, Activities>, topic: KnownTopic): void | Promise<void>;
  /**
   * Meta's window closes for this person in {@link Plugin.beforeWindowCloses}: the last chance to send something. Called
   * once for each window, not while an operator answers, and not for the longer windows after ads.
   */
  onWindowClosing?(ctx: PluginContext<State, Activities>, window: WindowClosing): void | Promise<void>;
  /**
   * Who answers changed: from the bot to operators, or back. A conversation that goes from one operator to another is no
   * such change.
   */
  onHandoff?(ctx: PluginContext<State, Activities>, handoff: Handoff): void | Promise<void>;
}

/** A window of Meta's that closes soon. */
export interface WindowClosing {
  /** When it closes, epoch ms. */
  readonly closesAt: number;
}

/** A change of who answers. */
export interface Handoff {
  /** Who answers from now on; `human` is an operator. */
  readonly to: 'human' | 'bot';
  /** In words, as given to `ctx.handOver` or by everthread. */
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
  /** The operator who took it or gave it back, by name; missing where no name is known. */
  readonly by?: string;
  /** When the bot answers again: what the operator wrote down for it. */
  readonly note?: string;
  /** When the bot answers again: when an operator last wrote to the person, epoch ms; missing when none did. */
  readonly answeredAt?: number;
}

/** What a hook can see and do. It ends with the hook: a method called later throws or does nothing. */
export interface PluginContext<State extends object = object, Activities extends ActivityFunctions = NoActivities> {
  /** The conversation's id: channel, Page and person. */
  readonly conversation: ConversationId;
  /** What Meta's profile says of the person. */
  readonly contact: ContactCard;
  /** The time of the turn, epoch ms: the same when the turn runs again. Use it instead of `Date.now()`. */
  readonly now: number;
  /** When the bot's quiet hours end for this person, epoch ms; `undefined` outside them. */
  readonly quietUntil: number | undefined;
  /** This plugin's state for this person. Change it in place; it is stored when the hook ends. */
  state: State;
  /** The activities that the plugin declares in {@link Plugin.activities}. */
  readonly activities: Activities;
  /** The person's tags, those that this turn changed included. */
  readonly tags: readonly string[];
  /** The last ten lines of the conversation, oldest first, each cut to 500 characters. */
  readonly lines: readonly TranscriptLine[];
  /** The last time that operators gave the conversation back to the bot, if that was in the last 24 hours. */
  readonly handback: Handback | undefined;
  /** The log of the worker; each line names the plugin. */
  readonly log: Logger;

  /**
   * Sends a message after those sent before it. At most 20 in a hook, and 60 in a turn; more throw. A failure does not
   * throw: see the outcome.
   */
  send(message: Sayable): Promise<SendOutcome>;
  /**
   * Shows the typing indicator for 20 seconds or until the next message, which waits for it at most a second.
   *
   * `typing`, `markSeen`, `react` and `unreact` are sender actions, at best effort: there is nothing to await. Each is tried
   * once, and left out while an operator or another app answers, while no message could be sent, and while the Page is
   * busy. At most ten in a hook.
   */
  typing(): void;
  /** Marks the person's messages as seen. */
  markSeen(): void;
  /** Reacts to a message, by its `mid`, with an emoji; it replaces the one before. */
  react(mid: string, emoji: string): void;
  /** Removes the Page's reaction from a message. */
  unreact(mid: string): void;
  /**
   * Calls `onWake` of this plugin at `at`, epoch ms and at least a second from now, or at the end of the quiet hours that
   * hold then. The same note again moves the wake-up. At most 50 wake-ups wait; a note has at most 100 characters.
   */
  wakeAt(at: number, note?: string): void;
  /**
   * Emits a topic to plugins (`onTopic`) and sequences (`startOn`, `stopOn`, `waitFor`), after this hook. A name has at most
   * 100 characters, the data at most 50,000 as JSON.
   */
  emit<Name extends TopicName>(topic: Name, ...data: TopicArguments<Name>): void;
  /**
   * Starts a sequence of this bot by name, as its `runs` allows; by default a run that is under way goes on. `data` is plain
   * JSON, at most 50,000 characters. Throws for a name that the bot does not have.
   */
  startSequence(name: string, data?: unknown): Promise<SequenceStart>;
  /** Stops a sequence, if it is running; its result is `stopped by {reason}`. */
  stopSequence(name: string, reason: string): Promise<void>;
  /** Adds a tag of at most 50 characters. A person has at most 20; more throw. */
  tag(tag: string): void;
  /** Removes a tag. */
  untag(tag: string): void;
  /**
   * Remembers that another system knows the person by this id, `ctx.link('shop', '4711')`, so that it can emit topics for them
   * by it. A system has at most 50 letters, digits, `.`, `-` and `_`, an id 200 characters, a person 100 ids. On a Page an id
   * belongs to one person: the one who was linked last.
   */
  link(system: string, id: string): void;
  /** Stores a lead, from where it goes to other systems (`lead.created`), and resolves to it with its id. */
  saveLead(form: string, fields: Readonly<Record<string, string>>, consent?: Consent): Promise<Lead>;
  /**
   * Records an opt-out (`stop`) or opt-in (`start`) that the person expressed in words that only the bot knows; plain "stop"
   * and "start" are recorded without it. `at` is the event's time, epoch ms.
   */
  recordOptSignal(signal: OptSignal, at: number): Promise<void>;
  /**
   * Records that the person reached a step of a funnel, for `everthread funnel`; only the first time counts. Both names have
   * at most 100 characters.
   */
  recordStep(funnel: string, step: string): Promise<void>;
  /** Hands the conversation to an operator after this hook: the bot is silent until it is given back, or the time is up. */
  handOver(takeOver: TakeOver): void;
  /**
   * Passes the thread to another app or Meta's inbox, or takes it back, under Conversation Routing. Never throws. Where
   * routing is not configured, Meta refuses the request or changes nothing.
   */
  threadControl(request: ThreadControlRequest): Promise<ThreadControlOutcome>;
}

/** A structured log that is silent during a replay. Do not log names, texts or addresses of people. */
export interface Logger {
  /** Something normal that is worth a line. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** Something that somebody should look at some time. */
  warn(message: string, fields?: Record<string, unknown>): void;
  /** Something that is broken now. */
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Infers the types of a plugin's hooks and returns the plugin as it is.
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
