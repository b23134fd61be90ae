import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import { createMetaSide, type MetaSide } from './actors/meta-side.ts';
import { createOtherSpeakers, type OtherSpeakers } from './actors/other-speakers.ts';
import { createPersonSide, type PersonSide } from './actors/person-actions.ts';
import { createRoutingSide, type RoutingSide } from './actors/thread-routing.ts';
import { threadView, type ThreadView } from './control/thread-view.ts';
import type { SimulatorOptions } from './options.ts';
import { createRoutes } from './routes.ts';
import type { Fault } from './rules/faults.ts';
import { SimulatorError } from './simulator-error.ts';
import type { Person } from './state/people.ts';
import { createWorld } from './state/simulator-state.ts';
import type { UtilityTemplate } from './state/utility-templates.ts';

/** Messenger on localhost: people with phones on one side, Meta's Graph API and webhooks on the other. */
export interface Simulator extends PersonSide, OtherSpeakers, RoutingSide, MetaSide {
  /** The Graph API under `/graph`, its own endpoints under `/api`, and the page at the prefix itself. */
  readonly routes: FastifyPluginAsync;
  /** The real time, plus how far each person's clock was moved. */
  readonly clock: Clock;
  people(): Person[];
  /** Lets a utility message go out under this name: Meta approved its template. */
  approveTemplate(template: UtilityTemplate): void;
  /** Moves one person's clock forward. The engine's timers stay where they are. */
  moveClock(conversation: ConversationId, ms: number): void;
  /** Lets the next sends go wrong. */
  fault(fault: Fault): void;
  clearFaults(): void;
  /** All that was said and all that happened around it. */
  thread(psid: string): ThreadView;
  /** Says on the page why the bot does not run as it was saved; `undefined`: it does. */
  showBotProblem(words: string | undefined): void;
  botProblem(): string | undefined;
  /** Resolves when the bot has taken every webhook. */
  settled(): Promise<void>;
  /** Stops the deliveries and closes the database; webhooks not taken go out after the next start. */
  close(): Promise<void>;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  const world = createWorld(options);
  const person = createPersonSide(world);
  const speakers = createOtherSpeakers(world);
  const routing = createRoutingSide(world);
  const meta = createMetaSide(world);

  function moveClock(conversation: ConversationId, ms: number): void {
    const { psid, pageId } = conversationParts(conversation) ?? {};
    if (psid === undefined || pageId === undefined)
      throw new SimulatorError('bad_input', `"${conversation}" is no conversation id.`);
    if (!(ms >= 0)) throw new SimulatorError('bad_input', `Time only moves forward, not by ${ms} ms.`);
    world.people.moveClock((world.people.find(psid) ?? world.people.add({ psid, pageId })).psid, Math.round(ms));
    world.live.changed(psid);
  }

  async function skip(psid: string, ms: number): Promise<void> {
    const conversation = world.conversationOf(psid);
    if (options.timeMachine) await options.timeMachine.skip(conversation, ms);
    else moveClock(conversation, ms);
  }

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    await world.deliveries.close();
    world.live.close();
    world.database.close();
  }

  return {
    ...person,
    ...speakers,
    ...routing,
    ...meta,
    routes: createRoutes(world, { ...person, ...speakers, ...routing, ...meta, skip }),
    clock: world.clock,
    people: () => world.people.all(),
    approveTemplate: (template) => world.templates.approve(template),
    moveClock,
    fault: (fault) => (world.faults.add(fault), world.live.changed()),
    clearFaults: () => (world.faults.clear(), world.live.changed()),
    thread: (psid) => threadView(world, psid),
    showBotProblem(words) {
      if (words === undefined) delete world.bot.problem;
      else world.bot.problem = words;
      world.live.changed();
    },
    botProblem: () => world.bot.problem,
    settled: () => world.deliveries.settled(),
    close: () => (closed ??= close()),
  };
}
