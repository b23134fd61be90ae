import { conversationParts } from '../../domain/conversation-id.ts';
import type { GraphClient } from '../../graph/graph-client.ts';
import type { Logger } from '../../logger.ts';
import { templateKeyOf } from '../../messenger/outbound/utility.ts';
import { createFailureReporter } from '../../report-once.ts';
import type { Store } from '../../store/index.ts';
import type { SendRequest } from '../../workflows/contract/index.ts';

/** What reading templates needs. */
export interface TemplateReaderDeps {
  readonly store: Pick<Store, 'templateStatuses'>;
  readonly graph: Pick<GraphClient, 'listTemplates'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Keeps the status of a Page's utility templates up to date where no webhook does. */
export interface TemplateReader {
  /** Before a utility message: reads the Page's templates from Meta unless that was done a short time ago. Never throws. */
  refresh(request: Pick<SendRequest, 'conversation' | 'message'>): Promise<void>;
}

/** How long a send waits for the list. */
const LIST_TIMEOUT_MS = 1500;
/** How old the list may be: for an approved template, and for any other, which Meta may approve at any time. */
const MAX_AGE_MS = { approved: 3_600_000, other: 60_000 } as const;

/** A reader for this process; it remembers when it read each Page's list. */
export function createTemplateReader({ store, graph, log }: TemplateReaderDeps): TemplateReader {
  const reads = new Map<string, { readonly at: number; readonly done: Promise<void> }>();
  const reporter = createFailureReporter({ log });

  async function read(pageId: string): Promise<void> {
    const answer = await graph.listTemplates(pageId, LIST_TIMEOUT_MS);
    if (answer.status === 'answered') {
      const answeredAt = Date.now() + (answer.clockAheadMs ?? 0);
      // Webhooks about the Page are stamped in whole seconds: one of the same second is not older.
      await store.templateStatuses.record(pageId, answer.value, Math.floor(answeredAt / 1000) * 1000);
      reporter.recovered({ pageId }, "Meta lists the Page's utility templates again");
      return;
    }
    const reason = answer.status === 'refused' ? { code: answer.error.code } : { outcome: answer.outcome };
    reporter.failed({
      level: 'warn',
      fields: { pageId, ...reason },
      message: "Meta does not list the Page's utility templates; their status is known from webhooks only",
      key: pageId,
    });
  }

  return {
    async refresh({ conversation, message }) {
      const template = templateKeyOf(message);
      const { channel, pageId } = conversationParts(conversation) ?? {};
      if (!template || channel !== 'messenger' || pageId === undefined) return;
      try {
        const status = await store.templateStatuses.find(pageId, template);
        const maxAgeMs = MAX_AGE_MS[status === 'APPROVED' ? 'approved' : 'other'];
        const last = reads.get(pageId);
        if (last && Date.now() - last.at < maxAgeMs) return await last.done;
        const done = read(pageId);
        reads.set(pageId, { at: Date.now(), done });
        await done;
      } catch (error) {
        log.warn({ pageId, error: String(error) }, "The status of a Page's utility templates could not be recorded");
      }
    },
  };
}
