/** What the simulator's control API answers, with the types that the server itself builds the answers by. */

import type { StateView } from '../../src/simulator/control/state-view.ts';
import type { ThreadView } from '../../src/simulator/control/thread-view.ts';
import type { Inspection, InspectedTurn, MessageTrace } from '../../src/simulator/inspector.ts';
import type { BrokenWorkflow } from '../../src/simulator/options.ts';

export type { BrokenWorkflow, InspectedTurn, StateView, ThreadView };

/** The inside of the bot: what it remembers of a person and what it plans. */
export type InspectionView = Inspection;

/** What became of one message. */
export type TraceView = MessageTrace;

/** A person with the state of their messaging window. */
export type PersonView = ThreadView['person'];

/** The Page's profile as the person sees it. */
export type ProfileView = ThreadView['profile'];

/** One message. */
export type MessageView = ThreadView['bubbles'][number];

/** A template, or one of several side by side. */
export type CardView = MessageView['cards'][number];

/** A button of a card. */
export type ButtonView = CardView['buttons'][number];

/** A message, or a part of it, that is neither text nor card: a file, a receipt, a coupon. */
export type FigureView = NonNullable<MessageView['figure']>;

/** The figure of one kind. */
export type FigureOf<Kind extends FigureView['kind']> = Extract<FigureView, { readonly kind: Kind }>;

/** One entry of the timeline: a message, a send or another event, with the calls it took. */
export type TimelineEntryView = ThreadView['timeline'][number];

/** A call of the Send API and Meta's answer. */
export type SendView = NonNullable<TimelineEntryView['send']>;

/** An error or a warning of the bot. */
export type BotLineView = NonNullable<TimelineEntryView['line']>;

/** A webhook and how its delivery went. */
export type WebhookView = TimelineEntryView['webhooks'][number];

/** A fault that waits for the next send. */
export type FaultView = StateView['faults'][number];
