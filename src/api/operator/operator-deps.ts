import type { Clock } from '../../domain/clock.ts';
import type { GraphClient } from '../../graph/graph-client.ts';
import type { Logger } from '../../logger.ts';
import type { PrivateAddresses } from '../../outgoing-addresses.ts';
import type { PolicySettings } from '../../policy/verdict.ts';
import type { Store } from '../../store/index.ts';
import type { RetentionPeriods } from '../../store/retention.ts';
import type { Metrics } from '../metrics.ts';
import type { PageSubscriptionFacts } from '../subscription-watch.ts';
import type { TrustedProxy } from './access/authenticate.ts';
import type { BotRuns } from './bot-runs.ts';
import type { ConversationWorkflows } from './conversation-workflows.ts';
import type { LiveLimits } from './live/streams.ts';

/** What an api process knows of the Pages that it serves. */
export interface PageKnowledge {
  ids(): readonly string[];
  /** What the last check of the subscription found; `undefined`: nobody has checked. */
  findSubscription(pageId: string): PageSubscriptionFacts | undefined;
}

/** Settings that are no secrets. */
export interface KnownSettings {
  readonly retention: RetentionPeriods;
  /** After how long a person who waits for an operator is unanswered, ms. */
  readonly unansweredAfterMs: number;
}

/** What the routes of the operator API need. */
export interface OperatorDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly policy: PolicySettings;
  readonly workflows: ConversationWorkflows;
  readonly runs: BotRuns;
  /** Meta, for files, typing and seen. */
  readonly graph: Pick<GraphClient, 'uploadAttachment' | 'sendAction'>;
  /** What this process knows of its Pages. Default: nothing. */
  readonly pages?: PageKnowledge | undefined;
  /** What administrators may know of the settings. */
  readonly settings: KnownSettings;
  /** Which private addresses a destination may have. */
  readonly privateAddresses: PrivateAddresses;
  readonly log: Logger;
  /** Called when a person is to be erased, so that nobody has to wait for the next look. */
  readonly onErasure?: (() => void) | undefined;
  /** The origin at which browsers reach the listener through a reverse proxy. */
  readonly origin?: string | undefined;
  /** Default: the bounds of `live/streams.ts`. */
  readonly live?: Partial<LiveLimits> | undefined;
  /** Whether browsers of this machine may log in without a password, as operators of `dev`. Default: no. */
  readonly offersDemo?: boolean | undefined;
  /** The reverse proxy that logs people in. Default: none does. */
  readonly proxy?: TrustedProxy | undefined;
}
