/**
 * Carries kept events to their conversations: in order within one, side by side across many, again and again while the
 * engine is away. Several processes share one store; a claim makes sure that one conversation is dispatched by one of
 * them at a time.
 */
import { randomUUID } from 'node:crypto';
import type { ConversationId } from '../messenger/conversation.ts';
import { EVENTS_PER_SIGNAL, type ClaimedConversation, type Inbox } from '../store/inbox.ts';
import { EngineRefusal, type Engine } from './engine.ts';
import type { Metrics } from './metrics.ts';

export interface Dispatcher {
  /** These conversations have something new. Returns at once. */
  wake(conversations: readonly ConversationId[]): void;
  /** False while the engine does not answer. */
  isEngineReachable(): boolean;
  /** Finishes what is under way and takes up nothing more. */
  stop(): Promise<void>;
}

export interface DispatcherOptions {
  readonly inbox: Inbox;
  readonly engine: Engine;
  readonly metrics: Pick<Metrics, 'dispatched' | 'dispatchFailures'>;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

const MOST_AT_ONCE = 64;
/** Much longer than a call of the engine may take: a claim only runs out when its process is dead. */
const CLAIM_MS = 30_000;
/** How often the inbox is looked through for events of processes that died. */
const LOOK_MS = 1000;
const CLAIMED_ELSEWHERE_MS = 100;
const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

export function createDispatcher({ inbox, engine, metrics, log }: DispatcherOptions): Dispatcher {
  const holder = randomUUID();
  const ready = new Set<ConversationId>();
  const busy = new Set<ConversationId>();
  const rounds = new Set<Promise<void>>();
  let pauseMs = 0;
  let pausedUntil = 0;
  let isStopped = false;

  function wake(conversations: readonly ConversationId[]): void {
    for (const conversation of conversations) ready.add(conversation);
    pump();
  }

  function pump(): void {
    if (isStopped || Date.now() < pausedUntil) return;
    const batch = [...ready].filter((conversation) => !busy.has(conversation)).slice(0, MOST_AT_ONCE - busy.size);
    if (batch.length === 0) return;
    for (const conversation of batch) {
      ready.delete(conversation);
      busy.add(conversation);
    }
    const round = dispatch(batch).finally(() => rounds.delete(round));
    rounds.add(round);
  }

  async function dispatch(batch: readonly ConversationId[]): Promise<void> {
    let claimed: ClaimedConversation[] = [];
    try {
      const now = Date.now();
      claimed = await inbox.claim(batch, { holder, now, until: now + CLAIM_MS });
    } catch (error) {
      takePause(error);
    }
    const isOurs = new Set(claimed.map(({ conversation }) => conversation));
    for (const conversation of batch) if (!isOurs.has(conversation)) leave(conversation, CLAIMED_ELSEWHERE_MS);
    await Promise.all(claimed.map(carry));
  }

  /** Hands over what is pending of one conversation. */
  async function carry({ conversation, items }: ClaimedConversation): Promise<void> {
    try {
      if (items.length === 0) await inbox.release([conversation], holder);
      else await deliver({ conversation, items });
    } catch (error) {
      await inbox.release([conversation], holder).catch(() => {});
      takePause(error);
      leave(conversation, 0);
      return;
    }
    pauseMs = 0;
    busy.delete(conversation);
    pump();
  }

  async function deliver({ conversation, items }: ClaimedConversation): Promise<void> {
    const inboxIds = items.map(({ inboxId }) => inboxId);
    try {
      await engine.deliver(conversation, items);
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      // The engine refuses the whole signal for one event's sake: find it by handing over one at a time.
      if (items.length > 1) {
        for (const item of items) await deliver({ conversation, items: [item] });
        return;
      }
      log.error({ conversation, inboxIds, error: error.message }, 'The engine refuses an event for good; see `everthread dead`');
      for (const inboxId of inboxIds) await inbox.bury(inboxId, error.message);
      await inbox.release([conversation], holder);
      return;
    }
    await inbox.dispatched(inboxIds, [conversation], holder);
    metrics.dispatched.inc(inboxIds.length);
    if (items.length === EVENTS_PER_SIGNAL) ready.add(conversation);
  }

  function leave(conversation: ConversationId, afterMs: number): void {
    busy.delete(conversation);
    ready.add(conversation);
    if (afterMs > 0 && !isStopped) setTimeout(pump, afterMs).unref();
  }

  function takePause(error: unknown): void {
    metrics.dispatchFailures.inc();
    if (Date.now() < pausedUntil) return;
    if (pauseMs === 0) log.warn({ error: String(error) }, 'No events can be handed over; they wait in the inbox');
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pauseMs * 2));
    pausedUntil = Date.now() + pauseMs;
    setTimeout(pump, pauseMs + 1).unref();
  }

  async function look(): Promise<void> {
    try {
      wake(await inbox.waiting(1000));
    } catch (error) {
      log.error({ error: String(error) }, 'The inbox cannot be read; tried again');
    }
  }

  const looking = setInterval(() => void look(), LOOK_MS);
  looking.unref();
  void look();

  return {
    wake,
    isEngineReachable: () => pauseMs === 0,
    async stop() {
      isStopped = true;
      clearInterval(looking);
      await Promise.all(rounds);
    },
  };
}
