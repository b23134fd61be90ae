import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';

const PREFIX = 'everthread-stage-';

/** Creates a temporary folder that goes with `remove`, or with this process; removes those of processes that were killed. */
export function createStageFolder(): { readonly folder: string; readonly remove: () => void } {
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  return {
    folder,
    remove() {
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

/** Test runners kill their processes, which then leave their folders behind. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(/-(\d+)-\w+$/.exec(name)?.[1]) : Number.NaN;
    if (Number.isNaN(pid) || isProcessAlive(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // another user's folder
    }
  }
}
