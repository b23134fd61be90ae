import { cardsOf, bubbleText, summarize, type CardView } from '../content/cards.ts';
import { render, type Rendering } from '../content/renderers.ts';
import { listQuickReplies } from '../content/tappable.ts';
import { windowView, type WindowView } from '../rules/window.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { MessageAuthor, ThreadMessage } from '../state/messages.ts';
import { profileView, type ProfileView } from '../state/page-profile.ts';
import type { Person } from '../state/people.ts';
import { ownerKindOf, type ThreadOwnerKind } from '../state/thread-routing.ts';
import type { Webhook } from '../webhook/webhooks.ts';
import { buildTimeline, type TimelineEntry } from './timeline.ts';

/** At most this many of the newest messages, sends and webhooks are shown. */
const MAX_SHOWN = 300;

/** A person in the page's list. */
export interface PersonView {
  readonly psid: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: string;
  readonly timezone: number;
  /** The person's clock, epoch ms. */
  readonly now: number;
  readonly clockAheadMs: number;
  readonly window: WindowView;
  readonly isBlocking: boolean;
  /** Missing where routing is off. */
  readonly threadOwner?: ThreadOwnerKind;
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
  /** How often the person edited it. */
  readonly edits?: number;
  /** Set when the person took it back. */
  readonly isUnsent?: true;
  readonly text?: string;
  readonly cards: readonly CardView[];
  /** Content that is neither text nor cards, such as a file, a receipt or a coupon. */
  readonly figure?: Rendering;
  /** The quoted message in one line. */
  readonly quote?: string;
  /** The name of the persona that sent it. */
  readonly persona?: string;
  /** The person's reaction, an emoji. */
  readonly reaction?: string;
  readonly pageReaction?: string;
  /** `waiting`: the bot has not acknowledged the webhook. `seen`: by the Page. `read`: by the person. */
  readonly mark: 'waiting' | 'delivered' | 'seen' | 'read';
}

/** Everything that the page shows of one person. */
export interface ThreadView {
  readonly person: PersonView;
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly { readonly mid: string; readonly title: string }[];
  readonly isTyping: boolean;
  /** What the Page's profile shows to this person. */
  readonly profile: ProfileView;
  readonly timeline: readonly TimelineEntry[];
}

/** The view of a person's thread; throws if nobody has this PSID. */
export function threadView(state: SimulatorState, psid: string): ThreadView {
  const person = state.people.get(psid);
  const messages = state.messages.newest(psid, MAX_SHOWN);
  const webhooks = state.webhooks.newest(psid, MAX_SHOWN);
  const waiting = new Set(webhooks.filter((webhook) => !webhook.isAccepted).map((webhook) => webhook.about));
  return {
    person: personView(state, person),
    bubbles: messages.map((message) => toBubble(state, message, person, waiting)),
    quickReplies: listQuickReplies(messages, person).map(({ mid, title }) => ({ mid, title })),
    isTyping: state.live.isTyping(psid),
    profile: profileView(state.profile.get(person.pageId), person),
    timeline: buildTimeline(messages, state.sends.newest(psid, MAX_SHOWN), webhooks, state.botLog.newest(psid)),
  };
}

/** The view of a person in the list. */
export function personView(state: SimulatorState, person: Person): PersonView {
  const { psid, firstName, lastName, locale, timezone, clockAheadMs, isBlocking } = person;
  const now = state.now(psid);
  const last = state.messages.newest(psid, 1)[0];
  const control = state.threadRoutings.find(psid, now);
  const ui = state.options.temporalUiUrl;
  return {
    psid,
    firstName,
    lastName,
    locale,
    timezone,
    now,
    clockAheadMs,
    isBlocking,
    window: windowView(person, now, state.adWindow),
    ...(control && { threadOwner: ownerKindOf(control, state.options.appId) }),
    unread: state.messages.unread(psid),
    ...(last && { lastText: summarize(last.content), lastAt: last.at }),
    ...(ui !== undefined && { temporalUrl: temporalUrl(ui, state.conversationOf(psid)) }),
  };
}

function temporalUrl(ui: string, conversation: string): string {
  const query = encodeURIComponent(`WorkflowId="${conversation}"`);
  return `${temporalWorkflowsUrl(ui)}?query=${query}`;
}

/** Where Temporal's UI lists workflows; each of them is below it. */
export function temporalWorkflowsUrl(ui: string): string {
  return `${ui.replace(/\/$/, '')}/namespaces/default/workflows`;
}

function toBubble(
  state: SimulatorState,
  message: ThreadMessage,
  person: Person,
  waiting: ReadonlySet<Webhook['about']>,
): Bubble {
  const { mid, author, at, content, reaction, pageReaction } = message;
  const text = bubbleText(content);
  const figure = render(content, state.attachments);
  const quotedMessage = content.quotes === undefined ? undefined : state.messages.find(content.quotes);
  return {
    mid,
    author,
    at,
    isTapped: content.tapped !== undefined,
    ...(content.edits !== undefined && { edits: content.edits }),
    ...(content.isUnsent && { isUnsent: true as const }),
    ...(text !== undefined && { text }),
    cards: cardsOf(content, state.attachments),
    ...(figure && { figure }),
    ...(quotedMessage && { quote: summarize(quotedMessage.content) }),
    ...(content.persona !== undefined && { persona: state.personas.nameOf(content.persona) ?? content.persona }),
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
