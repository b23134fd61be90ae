import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Options of both ways to install the CLI. */
export interface InstallOptions {
  /** The CLI is installed as `<folder>/bin/temporal`. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  readonly downloadUrl?: string;
}

/** Why the CLI could not be installed, a line per attempt; empty when it was. */
export type InstallFailures = readonly string[];

/**
 * Fills a folder atomically: `fill` writes into a temporary neighbour, which is renamed when it is complete. An
 * interrupted installation leaves nothing behind, and of two concurrent ones one wins.
 */
export async function installAtomically(
  folder: string,
  fill: (temporary: string) => Promise<InstallFailures>,
): Promise<InstallFailures> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.installing-`);
  try {
    const failures = await fill(temporary);
    if (failures.length === 0) await rename(temporary, folder).catch(ignoreConcurrentInstall);
    return failures;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Another process was faster; its installation is as good as ours. */
function ignoreConcurrentInstall(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
