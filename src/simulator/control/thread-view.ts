import { cardsOf, textOf, wordsOf, type Card } from '../content/cards.ts';
import { figureOf, type Figure } from '../content/renderers.ts';
import { quickReplies } from '../content/tappable.ts';
import { windowView, type WindowView } from '../rules/window.ts';
import type { MessageAuthor, ThreadMessage } from '../state/messages.ts';
import type { Person } from '../state/people.ts';
import type { World } from '../state/simulator-state.ts';
import { ownerOf, type ThreadOwner } from '../state/thread-control.ts';
import type { Webhook } from '../webhook/webhooks.ts';
import { happenings, type Happening } from './timeline.ts';

/** How many of the newest messages, sends and webhooks are shown. */
const SHOWN = 300;

/** A row in the list of people. */
export interface PersonView {
  readonly psid: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: string;
  readonly timezone: number;
  readonly now: number;
  readonly clockAheadMs: number;
  readonly window: WindowView;
  readonly isBlocking: boolean;
  /** Missing where routing is off. */
  readonly threadOwner?: ThreadOwner;
  readonly unread: number;
  readonly lastText?: string;
  readonly lastAt?: number;
  /** The person's conversation in Temporal's UI. */
  readonly temporalUrl?: string;
}

/** A message as it is drawn. */
export interface Bubble {
  readonly mid: string;
  readonly author: MessageAuthor;
  readonly at: number;
  readonly isTapped: boolean;
  readonly text?: string;
  readonly cards: readonly Card[];
  /** What is neither text nor card: a file, a receipt, a coupon. */
  readonly figure?: Figure;
  /** The words of the message it quotes. */
  readonly quote?: string;
  /** In whose name the bot says it. */
  readonly persona?: string;
  /** The person's. */
  readonly reaction?: string;
  readonly pageReaction?: string;
  /** `waiting`: the bot has not taken the webhook yet. Delivered, seen and read as the other side knows it. */
  readonly mark: 'waiting' | 'delivered' | 'seen' | 'read';
}

/** Everything the page shows of one person. */
export interface ThreadView {
  readonly person: PersonView;
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly { readonly mid: string; readonly title: string }[];
  readonly isTyping: boolean;
  readonly happenings: readonly Happening[];
}

export function threadView(world: World, psid: string): ThreadView {
  const person = world.people.get(psid);
  const messages = world.messages.newest(psid, SHOWN);
  const webhooks = world.webhooks.newest(psid, SHOWN);
  const waiting = new Set(webhooks.filter((webhook) => !webhook.isAccepted).map((webhook) => webhook.about));
  return {
    person: personView(world, person),
    bubbles: messages.map((message) => bubbleOf(world, message, person, waiting)),
    quickReplies: quickReplies(messages, person).map(({ mid, title }) => ({ mid, title })),
    isTyping: world.live.isTyping(psid),
    happenings: happenings(messages, world.sends.newest(psid, SHOWN), webhooks),
  };
}

export function personView(world: World, person: Person): PersonView {
  const { psid, firstName, lastName, locale, timezone, clockAheadMs, isBlocking } = person;
  const now = world.now(psid);
  const last = world.messages.newest(psid, 1)[0];
  const control = world.threadControls.of(psid, now);
  const ui = world.options.temporalUiUrl;
  return {
    psid,
    firstName,
    lastName,
    locale,
    timezone,
    now,
    clockAheadMs,
    isBlocking,
    window: windowView(person, now, world.adWindow),
    ...(control && { threadOwner: ownerOf(control, world.options.appId) }),
    unread: world.messages.unread(psid),
    ...(last && { lastText: wordsOf(last.content), lastAt: last.at }),
    ...(ui !== undefined && { temporalUrl: temporalUrl(ui, world.conversationOf(psid)) }),
  };
}

function temporalUrl(ui: string, conversation: string): string {
  const query = encodeURIComponent(`WorkflowId="${conversation}"`);
  return `${ui.replace(/\/$/, '')}/namespaces/default/workflows?query=${query}`;
}

function bubbleOf(
  world: World,
  message: ThreadMessage,
  person: Person,
  waiting: ReadonlySet<Webhook['about']>,
): Bubble {
  const { mid, author, at, content, reaction, pageReaction } = message;
  const text = textOf(content);
  const figure = figureOf(content, world.attachments);
  const quoted = content.quotes === undefined ? undefined : world.messages.find(content.quotes);
  return {
    mid,
    author,
    at,
    isTapped: content.tapped !== undefined,
    ...(text !== undefined && { text }),
    cards: cardsOf(content, world.attachments),
    ...(figure && { figure }),
    ...(quoted && { quote: wordsOf(quoted.content) }),
    ...(content.persona !== undefined && { persona: world.personas.nameOf(content.persona) ?? content.persona }),
    ...(reaction !== undefined && { reaction }),
    ...(pageReaction !== undefined && { pageReaction }),
    mark: markOf(message, person, waiting.has(mid)),
  };
}

function markOf({ author, at, isRead }: ThreadMessage, { pageSeenAt = 0 }: Person, isWaiting: boolean): Bubble['mark'] {
  if (author !== 'person') return isRead ? 'read' : 'delivered';
  if (isWaiting) return 'waiting';
  return at <= pageSeenAt ? 'seen' : 'delivered';
}
