import type { Browser, Page } from 'playwright-core';
import { SESSION_COOKIE } from '../../src/api/operator/access/authenticate.ts';
import type { Operator } from '../../src/domain/operator.ts';
import type { Store } from '../../src/store/index.ts';
import { openStrictPage, type StrictPageOptions } from '../support/browser.ts';

/** The operator listener of a test. */
export interface DeskListener {
  readonly url: string;
  readonly store: Pick<Store, 'operators'>;
}

/** How a test opens the desk. */
export interface DeskOptions extends Pick<StrictPageOptions, 'expected' | 'colorScheme'> {
  /** Who is logged in; added if nobody has this name. Default: Ada, an admin of all Pages. */
  readonly operator?: Operator | undefined;
  /** What follows the `#` of the address: `/leads`. Default: the inbox. */
  readonly route?: string;
  /** Default: 1280 pixels. */
  readonly width?: number;
}

const ADA: Operator = { name: 'Ada', role: 'admin' };
/** The browser says so, whatever the page makes of an answer. */
export const REFUSED = /the server responded with a status of 4\d\d/;

/** The desk as an operator sees it who is logged in. */
export async function openDesk(browser: Browser, desk: DeskListener, options: DeskOptions = {}): Promise<Page> {
  const { operator = ADA, ...rest } = options;
  const { operators } = desk.store;
  if (!(await operators.find(operator.name))) await operators.add(operator, Date.now());
  const sessionId = await operators.startSession(operator, Date.now());
  const page = await openAt(browser, desk.url, { ...rest, sessionId });
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return page;
}

/** The desk as somebody sees it who is not logged in. */
export async function openLogin(browser: Browser, { url }: Pick<DeskListener, 'url'>): Promise<Page> {
  const page = await openAt(browser, url, { expected: REFUSED });
  await page.getByRole('form', { name: 'Log in' }).waitFor();
  return page;
}

interface OpenOptions extends Omit<DeskOptions, 'operator'> {
  readonly sessionId?: string;
}

function openAt(browser: Browser, url: string, { sessionId, route = '', width = 1280, ...rest }: OpenOptions) {
  const session = {
    name: SESSION_COOKIE,
    value: sessionId ?? '',
    domain: new URL(url).hostname,
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: 'Strict' as const,
  };
  return openStrictPage(browser, url, {
    ...rest,
    path: `/desk/#${route}`,
    viewport: { width, height: 800 },
    timezoneId: 'UTC',
    storageState: { cookies: sessionId === undefined ? [] : [session], origins: [] },
  });
}
