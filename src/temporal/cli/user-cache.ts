import { homedir } from 'node:os';
import { join } from 'node:path';

/** Which Temporal CLI to use, and where it is stored when it has to be installed. */
export interface TemporalCliChoice {
  /** The value of `TEMPORAL_CLI`: used or refused, never skipped. */
  readonly explicit: string | undefined;
  /** Where a CLI is installed, and found the next time. */
  readonly cacheDir: string;
}

/** The choice by the environment: `TEMPORAL_CLI`, and the user's cache folder, which all projects share. */
export function temporalCliIn(env: NodeJS.ProcessEnv): TemporalCliChoice {
  return { explicit: env['TEMPORAL_CLI'] || undefined, cacheDir: userCacheFolder(env) };
}

/**
 * The cache folder of everthread for this user: below `XDG_CACHE_HOME` where it is set, else where the platform wants it:
 * `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.
 */
export function userCacheFolder(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'everthread');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'everthread');
  if (platform === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'everthread', 'Cache');
  return join(home, '.cache', 'everthread');
}
