import { describe, expect, test } from 'vitest';
import { findAccessibilityProblems } from '../support/accessibility.ts';
import { useBrowser } from '../support/browser.ts';
import { openSimulatorPage } from './simulator-page.ts';
import { ANA, aSend } from './support.ts';

const browser = useBrowser();

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([1280, 390])('axe-core finds nothing wrong at %i pixels', async (width) => {
    const { page, simulator, send, isNarrow } = await openSimulatorPage(browser(), width, { colorScheme });
    expect(await findAccessibilityProblems(page)).toEqual([]);
    simulator.says(ANA, 'Hello');
    await send(aSend({ text: 'Hi Ana', quick_replies: [{ content_type: 'text', title: 'Prices', payload: 'P' }] }));
    await send(aSend('Far too late', { messaging_type: 'MESSAGE_TAG', tag: 'NOPE' }));
    await page.getByRole('log').getByRole('button', { name: 'Refused by Meta' }).waitFor();
    for (const pane of isNarrow ? ['People', 'What happened', 'Chat'] : ['']) {
      if (pane) await page.getByRole('button', { name: pane, exact: true }).click();
      expect(await findAccessibilityProblems(page)).toEqual([]);
    }
  });
});
