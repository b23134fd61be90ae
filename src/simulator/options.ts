import type { FastifyBaseLogger } from 'fastify';
import type { Channel, ConversationId } from '../domain/conversation-id.ts';
import type { RateLimits } from './rules/rates.ts';
import type { AdWindow } from './rules/window.ts';
import type { PageSettings } from './state/pages.ts';

/** Moves the engine's timers and this simulator's clock of one conversation together; it calls `moveClock` itself. */
export interface TimeSkipper {
  skip(conversation: ConversationId, ms: number): Promise<void>;
}

/** One of a person's workflows that cannot go on, because its code is no longer what it began with. */
export interface BrokenWorkflow {
  readonly workflowId: string;
  /** `conversation`, or the name of a sequence. */
  readonly type: string;
  /** What it did then, and what the code does now. */
  readonly problem: string;
}

/** Knows of a person's workflows whether they go on, and lets one begin again with today's code. */
export interface WorkflowRepair {
  broken(conversation: ConversationId): Promise<readonly BrokenWorkflow[]>;
  /** Resolves when it has begun again; what stands behind a message that is new may be said once more. */
  reset(workflowId: string): Promise<void>;
}

export interface SimulatorOptions {
  /** Path of its SQLite database, or `:memory:`. Everything it knows is in there and survives a kill -9. */
  readonly file: string;
  /** Instagram messaging in place of Messenger: its ids, limits, errors and webhooks; the Page is then the account. */
  readonly channel?: Channel;
  readonly pageId: string;
  readonly pageName?: string;
  /** Other Pages of the same app, each with its token and its own people. */
  readonly pages?: readonly PageSettings[];
  readonly appId: string;
  /** The token of the Page. */
  readonly accessToken: string;
  /** Signs the webhooks. */
  readonly appSecret: string;
  /** Where the bot listens: `http://127.0.0.1:3000/webhook`. */
  readonly webhookUrl: string;
  /** `v25.0`: named in the answers; a request may ask for another. */
  readonly graphVersion: string;
  readonly log: FastifyBaseLogger;
  readonly timeMachine?: TimeSkipper;
  readonly runs?: WorkflowRepair;
  /** Send an echo for everything the Page says; default true. */
  readonly echoes?: boolean;
  /** Send delivery and read receipts; default true. */
  readonly receipts?: boolean;
  /** The longest pause between two deliveries of the same webhook; default 5000. The first redelivery comes at once. */
  readonly redeliveryMs?: number;
  /** How long the bot may take to answer a webhook; Meta's 5000 by default. */
  readonly answerWithinMs?: number;
  /** Where Temporal's UI is, for links: `http://127.0.0.1:8233`. */
  readonly temporalUiUrl?: string;
  /** One more name it may be reached by, such as `simulator` in a compose file; `*` for any. Default: loopback only. */
  readonly host?: string;
  /** How long the first message after a click-to-message ad opens the window; default `24 hours`, the sure floor. */
  readonly adWindow?: AdWindow;
  /**
   * Conversation Routing in every thread, with a default app set for the Page; by default off, and one thread at a time
   * by `givesThreadTo`.
   */
  readonly routing?: { readonly isDefaultApp: boolean };
  /** Under routing, a send without `thread_control` gives the thread back; by default the app that wrote keeps it. */
  readonly releasesThreadAfterSend?: boolean;
  /** How much a Page may ask for, where that is not what `RateLimits` says; `META_LIMITS` for all that Meta limits. */
  readonly limits?: Partial<RateLimits>;
  /** The token of whoever connects the app: `GET /me/accounts` and the exchange for a long-lived one take it. */
  readonly userAccessToken?: string;
  /** The app's setting "Require App Secret": calls without `appsecret_proof` are refused. */
  readonly requireAppSecretProof?: boolean;
  /**
   * How long nothing of a Page's webhooks is taken before the app is unsubscribed there, by the real clock. Meta's is an
   * hour; by default never, so that a simulator may wait for a bot over night.
   */
  readonly unsubscribeAfterMs?: number;
  /** What tapping Get Started sends; default `GET_STARTED`. */
  readonly getStartedPayload?: string;
}
