import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What both ways of installing the CLI are given. */
export interface InstallOptions {
  /** Where the CLI should be afterwards, as `<folder>/bin/temporal`. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  readonly downloadUrl?: string;
}

/** Why it could not be installed, a line per attempt; none when it was. */
export type InstallFailures = readonly string[];

/**
 * Fills a folder in one step: `fill` writes into a temporary neighbour, which is renamed when it is complete.
 * An interrupted installation leaves no half binary, and of two at the same time one wins whole.
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

/** Somebody else was faster: theirs is as good as ours. */
function ignoreConcurrentInstall(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
