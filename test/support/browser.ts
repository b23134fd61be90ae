import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';

/** Starts a browser for the tests of a file; returns how to get it. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: inject('chromiumPath'),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(async () => browser?.close());
  return () => {
    if (!browser) throw new Error('The browser has not started. Call this in a test.');
    return browser;
  };
}

/** How a page is opened. */
export interface StrictPageOptions extends BrowserContextOptions {
  /** What follows the address of the server. Default: nothing. */
  readonly path?: string;
  /** Complaints of the browser that the test brings about. Default: none. */
  readonly expected?: RegExp;
}

/** Opens a page that may only ask its own server, under `url`; anything the browser complains about fails the test. */
export async function openStrictPage(browser: Browser, url: string, options: StrictPageOptions): Promise<Page> {
  const { path = '', expected, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string) => expected?.test(text) || complaints.push(text);
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => message.type() === 'error' && complain(message.text()));
  page.on('request', (request) => request.url().startsWith(url) || complain(`asked for ${request.url()}`));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(`${url}${path}`);
  return page;
}
