import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import { createMetaActions, type MetaActions } from './actors/meta-actions.ts';
import { createOtherSenders, type OtherSenders } from './actors/other-senders.ts';
import { createPersonActions, type PersonActions } from './actors/person-actions.ts';
import { createRoutingActions, type RoutingActions } from './actors/routing-actions.ts';
import { threadView, type ThreadView } from './control/thread-view.ts';
import type { SimulatorOptions } from './options.ts';
import { createRoutes } from './routes.ts';
import type { Fault } from './rules/faults.ts';
import { SimulatorError } from './simulator-error.ts';
import { createSimulatorState } from './simulator-state.ts';
import type { ReportedLine } from './state/bot-log.ts';
import type { Person } from './state/people.ts';
import type { ApprovedTemplate } from './state/templates.ts';

/** Messenger on localhost: people with phones on one side, Meta's Graph API and webhooks on the other. */
export interface Simulator extends PersonActions, OtherSenders, RoutingActions, MetaActions {
  /** The Graph API under `/graph`, the control API under `/api`, and the page at the prefix itself. */
  readonly routes: FastifyPluginAsync;
  /** The real time plus the shift of each person's clock. */
  readonly clock: Clock;
  /** Everybody, in the order they were added. */
  people(): Person[];
  /** Approves a template, so that utility messages may name it. */
  approveTemplate(template: ApprovedTemplate): void;
  /** Moves one person's clock forward by `ms`. Temporal's timers stay where they are. */
  moveClock(conversation: ConversationId, ms: number): void;
  /** Injects a fault into the next sends. */
  fault(fault: Fault): void;
  /** Drops the faults that have not happened yet. */
  clearFaults(): void;
  /** A person's messages and timeline. */
  thread(psid: string): ThreadView;
  /** Shows on the page why the bot's saved files cannot be loaded; `undefined` removes the notice. */
  showBotProblem(problem: string | undefined): void;
  /** Makes the main Page's Messenger profile what the bot says; other properties go. */
  applyProfile(profile: object): void;
  /** Shows these words to somebody who has not written yet. */
  showWordsToTry(words: readonly string[]): void;
  /** The notice of `showBotProblem`. */
  botProblem(): string | undefined;
  /** Shows an error or a warning of the bot in this person's chat and timeline. */
  showBotLogLine(conversation: ConversationId, line: ReportedLine): void;
  /** Resolves when the bot has acknowledged every webhook. */
  waitForDeliveries(): Promise<void>;
  /** Stops deliveries and closes the database; unacknowledged webhooks are delivered after the next start. */
  close(): Promise<void>;
}

/** Opens the database and delivers the webhooks that still wait. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const state = createSimulatorState(options);
  const person = createPersonActions(state);
  const speakers = createOtherSenders(state);
  const routing = createRoutingActions(state);
  const meta = createMetaActions(state);

  function moveClock(conversation: ConversationId, ms: number): void {
    const { psid, pageId } = conversationParts(conversation) ?? {};
    if (psid === undefined || pageId === undefined)
      throw new SimulatorError('bad_input', `"${conversation}" is not a conversation id.`);
    if (!(ms >= 0)) throw new SimulatorError('bad_input', `Time only moves forward, not by ${ms} ms.`);
    state.people.moveClock((state.people.find(psid) ?? state.people.add({ psid, pageId })).psid, Math.round(ms));
    state.live.notify(psid);
  }

  async function skip(psid: string, ms: number): Promise<void> {
    const conversation = state.conversationOf(psid);
    if (options.timeMachine) await options.timeMachine.skip(conversation, ms);
    else moveClock(conversation, ms);
  }

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    await state.deliveries.close();
    state.live.close();
    state.database.close();
  }

  return {
    ...person,
    ...speakers,
    ...routing,
    ...meta,
    routes: createRoutes(state, { ...person, ...speakers, ...routing, ...meta, skip }),
    clock: state.clock,
    people: () => state.people.all(),
    approveTemplate: (template) => state.templates.approve(template),
    moveClock,
    fault: (fault) => (state.faults.add(fault), state.live.notify()),
    clearFaults: () => (state.faults.clear(), state.live.notify()),
    thread: (psid) => threadView(state, psid),
    showBotProblem(problem) {
      if (problem === undefined) delete state.bot.problem;
      else state.bot.problem = problem;
      state.live.notify();
    },
    applyProfile(profile) {
      const { id } = state.pages.main;
      state.profile.delete(id, Object.keys(state.profile.get(id)));
      state.profile.set(id, { ...profile });
      for (const { psid } of state.people.all()) state.live.notify(psid);
    },
    showWordsToTry(words) {
      state.bot.wordsToTry = words;
      state.live.notify();
    },
    botProblem: () => state.bot.problem,
    showBotLogLine(conversation, line) {
      const { psid } = conversationParts(conversation) ?? {};
      if (psid === undefined || !state.people.find(psid)) return;
      state.botLog.add(psid, line, state.now(psid));
      state.live.notify(psid);
    },
    waitForDeliveries: () => state.deliveries.waitUntilIdle(),
    close: () => (closed ??= close()),
  };
}
