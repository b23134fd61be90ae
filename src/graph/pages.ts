import type { PagesReading } from '../config/index.ts';
import type { PageConfig } from '../config/pages.ts';

/** The Pages this process serves and their tokens, as they are at this moment. */
export interface ServedPages {
  ids(): readonly string[];
  /** `undefined` when the Page is not served here, or no longer. */
  accessToken(pageId: string): string | undefined;
  /** How much may be sent for the Page. */
  messagesPerSecond(pageId: string): number;
  /** Calls the listener with a Page that was given a token, another token, or none any more. */
  onTokenChanged(listener: (pageId: string) => void): void;
  /** Looks no more for new tokens. */
  close(): void;
}

export interface WatchPagesOptions {
  /** Reads all there is to know, now. Throws nothing. */
  readonly read: () => PagesReading;
  readonly log: Log;
  /** Between two looks. */
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
 * Serves the Pages that `read` finds, and looks again and again for other tokens: a mounted secret is replaced by moving
 * links, of which file watchers are not told. While something cannot be read, the Pages in it keep the tokens they have.
 */
export function watchPages({ read, log, everyMs = PAGES_POLL_MS }: WatchPagesOptions): ServedPages {
  let known = indexByPageId(read().pages);
  let complaint = '';
  const listeners: ((pageId: string) => void)[] = [];

  function look(): void {
    const { pages, problems } = read();
    complain(problems.map(({ message }) => message).join(' '));
    const now = indexByPageId(pages);
    if (problems.length > 0) for (const [pageId, page] of known) if (!now.has(pageId)) now.set(pageId, page);
    const before = known;
    known = now;
    const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
      (pageId) => before.get(pageId)?.accessToken.reveal() !== now.get(pageId)?.accessToken.reveal(),
    );
    if (changed.length === 0) return;
    log.info({ pages: changed }, 'These Pages have other tokens now');
    for (const pageId of changed) for (const listener of listeners) listener(pageId);
  }

  function complain(problems: string): void {
    if (problems === complaint) return;
    complaint = problems;
    if (problems === '') log.info({}, 'The Pages can be read again');
    else log.error({ problems }, 'The Pages cannot be read; those concerned keep their tokens');
  }

  const looking = setInterval(look, everyMs);
  looking.unref();

  return {
    ids: () => [...known.keys()],
    accessToken: (pageId) => known.get(pageId)?.accessToken.reveal(),
    messagesPerSecond: (pageId) => known.get(pageId)?.messagesPerSecond ?? DEFAULT_MESSAGES_PER_SECOND,
    onTokenChanged: (listener) => void listeners.push(listener),
    close: () => clearInterval(looking),
  };
}

/** Pages that stay as they are: in `dev`, where Page and token are invented. */
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
