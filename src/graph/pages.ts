import type { PagesReading } from '../config/index.ts';
import type { PageConfig } from '../config/pages.ts';

/** The Pages that this process serves, with their current tokens. */
export interface ServedPages {
  /** Ids of all served Pages. */
  ids(): readonly string[];
  /** `undefined` if the Page is not served here, or no longer. */
  accessToken(pageId: string): string | undefined;
  /** The Page's rate limit. */
  messagesPerSecond(pageId: string): number;
  /** Calls the listener with each Page whose token was added, changed or removed. */
  onTokenChanged(listener: (pageId: string) => void): void;
  /** Stops polling. */
  close(): void;
}

/** Where Pages and tokens are read from, and how often. */
export interface WatchPagesOptions {
  /** Reads Pages and tokens now. Throws nothing. */
  readonly read: () => PagesReading;
  readonly log: Log;
  /** Between two reads. Default: 5 s. */
  readonly everyMs?: number;
}

interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const PAGES_POLL_MS = 5000;
/** Meta's inbox stops showing a Page above it (overview/rate-limiting, 2026-10-06). */
const DEFAULT_MESSAGES_PER_SECOND = 40;

/**
 * Serves the Pages that `read` finds, and polls for new tokens: a mounted secret is replaced by moving links, which file
 * watchers do not notice. While something cannot be read, its Pages keep their tokens.
 */
export function watchPages({ read, log, everyMs = PAGES_POLL_MS }: WatchPagesOptions): ServedPages {
  let known = indexByPageId(read().pages);
  let lastProblems = '';
  const listeners: ((pageId: string) => void)[] = [];

  function poll(): void {
    const { pages, problems } = read();
    reportProblems(problems.map(({ message }) => message).join(' '));
    const now = indexByPageId(pages);
    if (problems.length > 0) for (const [pageId, page] of known) if (!now.has(pageId)) now.set(pageId, page);
    const before = known;
    known = now;
    const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
      (pageId) => before.get(pageId)?.accessToken.reveal() !== now.get(pageId)?.accessToken.reveal(),
    );
    if (changed.length === 0) return;
    log.info({ pages: changed }, 'The tokens of these Pages changed');
    for (const pageId of changed) for (const listener of listeners) listener(pageId);
  }

  function reportProblems(problems: string): void {
    if (problems === lastProblems) return;
    lastProblems = problems;
    if (problems === '') log.info({}, 'The Pages can be read again');
    else log.error({ problems }, 'The Pages cannot be read; those concerned keep their tokens');
  }

  const polling = setInterval(poll, everyMs);
  polling.unref();

  return {
    ids: () => [...known.keys()],
    accessToken: (pageId) => known.get(pageId)?.accessToken.reveal(),
    messagesPerSecond: (pageId) => known.get(pageId)?.messagesPerSecond ?? DEFAULT_MESSAGES_PER_SECOND,
    onTokenChanged: (listener) => void listeners.push(listener),
    close: () => clearInterval(polling),
  };
}

/** Pages that never change: for `dev`, where Page and token are invented. */
export function fixedPages(tokens: Readonly<Record<string, string>>): ServedPages {
  return {
    ids: () => Object.keys(tokens),
    accessToken: (pageId) => (Object.hasOwn(tokens, pageId) ? tokens[pageId] : undefined),
    messagesPerSecond: () => DEFAULT_MESSAGES_PER_SECOND,
    onTokenChanged: () => {},
    close: () => {},
  };
}

function indexByPageId(pages: readonly PageConfig[]): Map<string, PageConfig> {
  return new Map(pages.map((page) => [page.pageId, page]));
}
