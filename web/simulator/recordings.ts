import { isSameAsHeard } from '../../src/domain/heard-message.ts';
import type { LoadedTestFile, TakenStep } from '../../src/simulator/control/recording-routes.ts';
import { request } from '../shared/request.ts';
import type { PageStore } from './page-store.ts';

/** Saves conversations as tests, and replays them. */
export interface Recordings {
  saveAsTest(): Promise<void>;
  replayTest(file: File): Promise<void>;
}

/** `open` opens the conversation of a person. */
export function createRecordings(store: PageStore, open: (psid: string) => void): Recordings {
  async function save(): Promise<void> {
    const response = await fetch(`api/people/${store.current().openPsid}/recording`);
    if (!response.ok) throw new Error(((await response.json()) as { readonly error: string }).error);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = 'recorded.test.ts';
    link.click();
    URL.revokeObjectURL(link.href);
    store.confirm('Saved as recorded.test.ts. Put it beside the bot, and run it with vitest.');
  }

  async function replay(file: File): Promise<void> {
    const source = await file.text();
    const { psid, steps, ignored } = await request<LoadedTestFile>('POST', 'api/recordings', { source });
    open(psid);
    for (const [index, { line, does, with: values, heard: expected }] of steps.entries()) {
      store.confirm(`Replays ${file.name}: step ${index + 1} of ${steps.length}, line ${line}.`);
      const { heard } = await request<TakenStep>('POST', `api/people/${psid}/steps`, { does, with: values }).catch(
        (error: unknown) => {
          throw new Error(`Line ${line}: ${error instanceof Error ? error.message : String(error)}`);
        },
      );
      if (expected && !isSameAsHeard(expected, heard))
        throw new Error(`Line ${line}: the test expects ${words(expected)}; the bot said ${words(heard)}.`);
    }
    const rest = ignored.length > 0 ? ` Not read: other expectations in ${lines(ignored)}.` : '';
    store.confirm(`Replayed ${file.name}: the bot said what the test expects.${rest}`);
  }

  return {
    saveAsTest: () => store.attempt(save),
    replayTest: (file) =>
      replay(file).catch((error: unknown) =>
        store.notify(`${file.name}: ${error instanceof Error ? error.message : String(error)}`, 'stays'),
      ),
  };
}

function words(heard: TakenStep['heard']): string {
  return heard.length === 0 ? 'nothing' : heard.map((one) => (one === null ? 'something' : `"${one}"`)).join(', ');
}

function lines(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? 'line' : 'lines'} ${numbers.join(', ')}`;
}
