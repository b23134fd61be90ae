import type { FastifyBaseLogger } from 'fastify';
import type { Channel, ConversationId } from '../domain/conversation-id.ts';
import type { Inspector } from './inspector.ts';
import type { RateLimits } from './rules/rates.ts';
import type { AdWindow } from './rules/window.ts';
import type { PageSettings } from './state/pages.ts';

/** Moves Temporal's timers and the simulator's clock of one conversation together; calls `Simulator.moveClock` itself. */
export interface TimeSkipper {
  /** Resolves when everything due within `ms` has happened. */
  skip(conversation: ConversationId, ms: number): Promise<void>;
}

/** A workflow that cannot go on, because its code no longer matches its history. */
export interface BrokenWorkflow {
  readonly workflowId: string;
  /** `conversation`, or the name of a sequence. */
  readonly type: string;
  /** What the history records, and what the code does now. */
  readonly problem: string;
}

/** Finds and resets workflows that a change of code has broken. */
export interface WorkflowRepair {
  /** The conversation's broken workflows: its own and its sequences. */
  broken(conversation: ConversationId): Promise<readonly BrokenWorkflow[]>;
  /** Restarts a workflow with the present code. Steps after the first changed one run again, so messages may repeat. */
  reset(workflowId: string): Promise<void>;
}

/** Settings of a simulator. */
export interface SimulatorOptions {
  /** Path of the SQLite database, or `:memory:`. What is in it survives a kill -9. */
  readonly file: string;
  /** `instagram` simulates its ids, limits, errors and webhooks; the Page is then the account. Default `messenger`. */
  readonly channel?: Channel;
  /** The main Page. */
  readonly pageId: string;
  /** Default `Page`; the page in the browser then shows `Your Page`. */
  readonly pageName?: string;
  /** Other Pages of the same app, each with its token and its own people; default none. */
  readonly pages?: readonly PageSettings[];
  /** The bot's app, which sends and gets webhooks. */
  readonly appId: string;
  /** The token of the main Page. */
  readonly accessToken: string;
  /** The key that signs webhooks and `appsecret_proof`. */
  readonly appSecret: string;
  /** The bot's callback URL: `http://127.0.0.1:3000/webhook`. */
  readonly webhookUrl: string;
  /** The version in the answers, such as `v25.0`; requests may name another. */
  readonly graphVersion: string;
  readonly log: FastifyBaseLogger;
  /** Without one, moving a person's clock leaves Temporal's timers where they are. */
  readonly timeMachine?: TimeSkipper;
  /** Without one, the page cannot show or reset broken workflows. */
  readonly runs?: WorkflowRepair;
  /** The bot's path as saved tests name it, relative to where tests start; default `./bot.ts`. */
  readonly botFile?: string;
  /** Without one, the page shows of the bot only what it sends and acknowledges. */
  readonly inspector?: Inspector;
  /**
   * Whether every message of the Page is echoed; default `true`. `unnamed`: echoes of the bot's messages name neither the app
   * nor the metadata, as seen on Instagram.
   */
  readonly echoes?: boolean | 'unnamed';
  /** Whether delivery and read receipts are sent; default `true`. */
  readonly receipts?: boolean;
  /** The longest backoff between two deliveries of a webhook, in ms; default 5000. The first redelivery comes at once. */
  readonly redeliveryMs?: number;
  /** How long the bot may take to answer a webhook, in ms; default 5000, as Meta's. */
  readonly answerWithinMs?: number;
  /** The address of Temporal's UI for links, such as `http://127.0.0.1:8233`; default no links. */
  readonly temporalUiUrl?: string;
  /** One more host name to answer on, such as `simulator` in a compose file; `*` for any. Default: loopback only. */
  readonly host?: string;
  /** How long the first message after a click-to-message ad opens the window; default `24 hours`, the certain minimum. */
  readonly adWindow?: AdWindow;
  /**
   * Turns Conversation Routing on in every thread, with a default app set for the Page. Default off; `setThreadOwner`
   * turns it on in one thread.
   */
  readonly routing?: { readonly isDefaultApp: boolean };
  /** Under routing, whether a send without `thread_control` releases the thread; default `false`: the app keeps it. */
  readonly releasesThreadAfterSend?: boolean;
  /** Limits that differ from the defaults of `RateLimits`; `META_LIMITS` for everything that Meta limits. */
  readonly limits?: Partial<RateLimits>;
  /** The token of the person who connects the app, for `GET /me/accounts` and the long-lived exchange; default none. */
  readonly userAccessToken?: string;
  /** The app's setting "Require App Secret": refuses calls without `appsecret_proof`. Default `false`. */
  readonly requireAppSecretProof?: boolean;
  /**
   * How long a Page's webhooks may go unacknowledged before the app is unsubscribed there, in ms of the real clock.
   * Meta's is an hour; default never, so that a simulator may wait for a bot overnight.
   */
  readonly unsubscribeAfterMs?: number;
  /** The payload of Get Started where the Page's profile has none; default `GET_STARTED`. */
  readonly getStartedPayload?: string;
}
