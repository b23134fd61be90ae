/** Signals, updates and queries of a conversation. Handlers only pass on what came; the loop of the conversation works it off. */

import { setHandler } from '@temporalio/workflow';
import * as checks from '../checks/messages.ts';
import { dropUnknownSignals, onSignal, takeValid } from '../checks/receive.ts';
import { someList } from '../checks/shape.ts';
import {
  beginBroadcastSignal,
  inboundEventsSignal,
  inspectQuery,
  nextDueQuery,
  offerAnsweredSignal,
  openSequencesQuery,
  sequenceEndedSignal,
  tagsChangedSignal,
  type ConversationInspection,
} from '../contract/index.ts';
import type { Incoming } from './conversation-state.ts';
import type { OfferAnswers } from './offer-answers.ts';

/** What the handlers of a conversation read and write. */
export interface HandlerParts {
  /** Takes what a person or an operator did, which the bot reacts to at once. */
  readonly push: (incoming: Incoming) => void;
  /** Takes what is only noted. */
  readonly note: (incoming: Incoming) => void;
  readonly offerAnswers: OfferAnswers;
  readonly nextDue: () => number | undefined;
  readonly openSequences: () => readonly string[];
  readonly inspect: () => ConversationInspection | undefined;
}

/** Sets all handlers. Call it before the first await, so that no signal is missed. */
export function setHandlers({ push, note, offerAnswers, nextDue, openSequences, inspect }: HandlerParts): void {
  onSignal(inboundEventsSignal, [someList], (items) => {
    for (const item of takeValid(inboundEventsSignal.name, items, checks.inboxItem)) push({ type: 'event', item });
  });
  onSignal(sequenceEndedSignal, [checks.sequenceEnd], (end) => note({ type: 'sequence-ended', end }));
  onSignal(offerAnsweredSignal, [checks.offerAnswer], (answer) => offerAnswers.receive(answer));
  onSignal(beginBroadcastSignal, [checks.broadcastBegin], (begin) => note({ type: 'broadcast', begin }));
  onSignal(tagsChangedSignal, [checks.tagChange], (change) => note({ type: 'tags', change }));
  setHandler(nextDueQuery, nextDue);
  setHandler(openSequencesQuery, openSequences);
  setHandler(inspectQuery, inspect);
  dropUnknownSignals();
}
