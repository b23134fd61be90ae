import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Logger } from '../../logger.ts';
import { createFailureReporter } from '../../report-once.ts';
import type { Inbox, Lease, LeasedConversation } from '../../store/inbox/index.ts';

const MAX_SCANNED_CONVERSATIONS = 1000;

/** Takes work out of the inbox. A failure of the store is logged once, and there is no work. */
export interface InboxReader {
  /** Leases those conversations that no other process has leased. */
  lease(conversations: readonly ConversationId[], lease: Lease): Promise<LeasedConversation[]>;
  /** Conversations with pending events and without a lease. */
  scan(): Promise<readonly ConversationId[]>;
  /** Whether conversations may be waiting that no scan has returned. */
  mayHaveMore(): boolean;
  /** A conversation that is waiting was dropped: a scan must find it again. */
  noteDropped(): void;
}

/** Creates the reader of one dispatcher. */
export function createInboxReader(inbox: Pick<Inbox, 'lease' | 'listWaiting'>, log: Logger): InboxReader {
  const reporter = createFailureReporter({ log });
  let mayHaveMore = false;

  function report(error: unknown): void {
    reporter.failed({
      fields: { error: String(error) },
      message: 'Events cannot be taken out of the inbox; tried again every second',
    });
  }

  return {
    async lease(conversations, lease) {
      try {
        const leased = await inbox.lease(conversations, lease);
        reporter.recovered({}, 'Events are taken out of the inbox again');
        return leased;
      } catch (error) {
        report(error);
        mayHaveMore = false;
        return [];
      }
    },
    async scan() {
      mayHaveMore = false;
      try {
        const waiting = await inbox.listWaiting(MAX_SCANNED_CONVERSATIONS, Date.now());
        mayHaveMore ||= waiting.length === MAX_SCANNED_CONVERSATIONS;
        return waiting;
      } catch (error) {
        report(error);
        return [];
      }
    },
    mayHaveMore: () => mayHaveMore,
    noteDropped() {
      mayHaveMore = true;
    },
  };
}
