import type { Browser } from 'playwright-core';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { openStrictPage } from '../support/browser.ts';
import { ANA, startBoth } from './support.ts';

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
