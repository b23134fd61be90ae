/**
 * Carries kept events to their conversations: in order within one, side by side across many, again and again while the
 * engine is away. Several processes share one store; a claim makes sure that one conversation is dispatched by one of
 * them at a time. What is to be done is always in the inbox; what is remembered here only makes it quick.
 */

import { randomUUID } from 'node:crypto';
import { backoffMs } from '../../backoff.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Logger } from '../../logger.ts';
import { reportOnce } from '../../report-once.ts';
import type { Lease, LeasedConversation, Inbox } from '../../store/inbox/index.ts';
import type { Metrics } from '../metrics.ts';
import { DELIVERY_WITHIN_MS, TemporalUnavailable, type ConversationClient } from './conversation-client.ts';
import { createDelivery } from './delivery.ts';

export interface Dispatcher {
  /** These conversations have something new. Returns at once. */
  wake(conversations: readonly ConversationId[]): void;
  /** False while the engine does not answer. */
  isTemporalReachable(): boolean;
  /** Finishes what is under way and takes up nothing more. */
  stop(): Promise<void>;
}

export interface DispatcherOptions {
  readonly inbox: Inbox;
  readonly conversationClient: ConversationClient;
  readonly metrics: Pick<Metrics, 'dispatched' | 'dispatchFailures'>;
  readonly log: Logger;
}

const MAX_CONCURRENT_DELIVERIES = 64;
/** Beyond this many only the inbox remembers who waits. */
const MAX_READY = 2000;
/**
 * Time for a slow store to give the claim, and then for a delivery. It only runs out when its process is dead, and so
 * long its events wait.
 */
const CLAIM_MS = 2 * DELIVERY_WITHIN_MS;
/** How often the inbox is looked through for what nobody was woken for: events of processes that died. */
const LOOK_MS = 1000;
const WAITING_AT_ONCE = 1000;
/** Of an engine that is away. */
const AWAY = { minMs: 200, maxMs: 5000 };

export function createDispatcher({ inbox, conversationClient, metrics, log }: DispatcherOptions): Dispatcher {
  const owner = randomUUID();
  const ready = new Set<ConversationId>();
  const busy = new Set<ConversationId>();
  const rounds = new Set<Promise<void>>();
  const delivery = createDelivery({ inbox, conversationClient, metrics, log, owner });
  const storeTrouble = reportOnce(log, 'Events cannot be taken out of the inbox; tried again every second');
  let engineFailures = 0;
  let pausedUntil = 0;
  let isLooking = false;
  let isPumpDue = false;
  let isMoreWaiting = false;
  let isStopped = false;

  function wake(conversations: readonly ConversationId[]): void {
    for (const conversation of conversations) {
      if (ready.size < MAX_READY) ready.add(conversation);
      else isMoreWaiting = true;
    }
    pumpSoon();
  }

  /** What is woken or done in the same moment is claimed in one go. */
  function pumpSoon(): void {
    if (isPumpDue) return;
    isPumpDue = true;
    setImmediate(() => {
      isPumpDue = false;
      pump();
    });
  }

  function pump(): void {
    if (isStopped || Date.now() < pausedUntil) return;
    // One tries whether the engine is back, before all do.
    const room = (engineFailures > 0 ? 1 : MAX_CONCURRENT_DELIVERIES) - busy.size;
    const batch: ConversationId[] = [];
    for (const conversation of ready) {
      if (batch.length >= room) break;
      // Who rests is found again in the inbox, once its time has come.
      if (delivery.isBackingOff(conversation)) ready.delete(conversation);
      else if (!busy.has(conversation)) batch.push(conversation);
    }
    if (batch.length > 0) run(dispatch(batch));
    else if (ready.size === 0 && isMoreWaiting) look();
  }

  function run(work: Promise<void>): void {
    const round = work.finally(() => rounds.delete(round));
    rounds.add(round);
  }

  async function dispatch(batch: readonly ConversationId[]): Promise<void> {
    for (const conversation of batch) {
      ready.delete(conversation);
      busy.add(conversation);
    }
    const now = Date.now();
    const until = now + CLAIM_MS;
    const claimed = await claim(batch, { owner, now, expiresAt: until });
    const isOurs = new Set(claimed.map(({ conversation }) => conversation));
    // Those that somebody else has claimed: whoever ends that claim sees what is pending.
    for (const conversation of batch) if (!isOurs.has(conversation)) busy.delete(conversation);
    await Promise.all(claimed.map((one) => carry(one, until)));
    pumpSoon();
  }

  async function claim(batch: readonly ConversationId[], terms: Lease): Promise<LeasedConversation[]> {
    try {
      const claimed = await inbox.lease(batch, terms);
      storeTrouble.isOver();
      return claimed;
    } catch (error) {
      storeTrouble.report(error);
      isMoreWaiting = false;
      return [];
    }
  }

  async function carry(claimed: LeasedConversation, until: number): Promise<void> {
    const { conversation } = claimed;
    let isPending = false;
    try {
      isPending = await delivery.deliver(claimed, until);
      if (claimed.items.length > 0) engineAnswers();
    } catch (error) {
      if (error instanceof TemporalUnavailable) takePause(error);
      isPending = !delivery.isBackingOff(conversation);
    }
    busy.delete(conversation);
    if (isPending) ready.add(conversation);
    pumpSoon();
  }

  function engineAnswers(): void {
    if (engineFailures > 0) log.info({}, 'The engine answers again');
    engineFailures = 0;
    pausedUntil = 0;
  }

  function takePause(error: TemporalUnavailable): void {
    // Many calls fail at the same moment; they are one failure.
    if (Date.now() < pausedUntil) return;
    if (engineFailures === 0) log.warn({ error: String(error) }, 'The engine is away; events wait in the inbox');
    engineFailures += 1;
    const pause = backoffMs(AWAY, engineFailures);
    pausedUntil = Date.now() + pause;
    setTimeout(pump, pause + 1).unref();
  }

  function look(): void {
    const hasEnough = ready.size >= (engineFailures > 0 ? 1 : MAX_READY);
    if (isStopped || isLooking || hasEnough) return;
    isLooking = true;
    run(
      lookThrough().finally(() => {
        isLooking = false;
      }),
    );
  }

  async function lookThrough(): Promise<void> {
    isMoreWaiting = false;
    try {
      const waiting = await inbox.listWaiting(WAITING_AT_ONCE, Date.now());
      wake(waiting);
      isMoreWaiting ||= waiting.length === WAITING_AT_ONCE;
    } catch (error) {
      storeTrouble.report(error);
    }
  }

  const looking = setInterval(look, LOOK_MS);
  looking.unref();
  look();

  return {
    wake,
    isTemporalReachable: () => engineFailures === 0,
    async stop() {
      isStopped = true;
      clearInterval(looking);
      delivery.stop();
      while (rounds.size > 0) await Promise.all(rounds);
    },
  };
}
