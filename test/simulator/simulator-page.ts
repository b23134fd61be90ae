import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { ANA, startBoth } from './support.ts';

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

/** Opens a page that may only ask its own server, under `url`; anything the browser complains about fails the test. */
export async function openStrictPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => request.url().startsWith(url) || complaints.push(`asked for ${request.url()}`));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** How a test opens the simulator's page. */
export interface SimulatorPageOptions extends Partial<SimulatorOptions> {
  /** Who is there already; default Ana. */
  readonly people?: readonly string[];
  readonly colorScheme?: 'light' | 'dark';
}

/** The simulator's page as Ana sees it, beside a bot that only records its webhooks. */
export async function openSimulatorPage(browser: Browser, width: number, options: SimulatorPageOptions = {}) {
  const { people = [ANA], colorScheme = 'light', ...simulatorOptions } = options;
  const talk = await startBoth(simulatorOptions);
  for (const psid of people) talk.simulator.addPerson({ psid });
  const page = await openStrictPage(browser, talk.url, { viewport: { width, height: 800 }, colorScheme });
  await page.getByRole('heading', { name: people.length > 0 ? 'Ana Sousa' : 'Nobody here yet' }).waitFor();
  return { ...talk, page, isNarrow: width < 720 };
}
