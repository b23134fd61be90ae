import { runCommand } from './command.ts';

/** The CLI version that everthread is tested with; the time machine needs its server. Newer versions are accepted. */
export const TEMPORAL_CLI_VERSION = '1.9.1';

/** Whether a Temporal CLI can be used. */
export type VersionCheck =
  | { readonly usable: true; readonly version: string }
  | { readonly usable: false; readonly problem: string };

/** Runs `<cli> --version`: checks that the binary works on this machine and is new enough. */
export async function checkVersion(cli: string, env?: NodeJS.ProcessEnv): Promise<VersionCheck> {
  // Loading a binary of 150 MB from a cold disk takes a while.
  const answer = await runCommand(cli, ['--version'], { timeoutMs: 30_000, ...(env && { env }) });
  if (!answer.ok) return { usable: false, problem: answer.problem };

  const version = /temporal version (\d+\.\d+\.\d+\S*)/.exec(answer.output)?.[1];
  if (!version)
    return { usable: false, problem: `does not say its version, but "${answer.output.trim().slice(0, 80)}"` };
  if (isOlder(version, TEMPORAL_CLI_VERSION)) {
    return { usable: false, problem: `version ${version} is older than ${TEMPORAL_CLI_VERSION}` };
  }
  return { usable: true, version };
}

function isOlder(version: string, than: string): boolean {
  const [found, wanted] = [parseVersion(version), parseVersion(than)];
  const at = wanted.findIndex((number, place) => number !== found[place]);
  return at !== -1 && (found[at] ?? 0) < (wanted[at] ?? 0);
}

function parseVersion(version: string): number[] {
  return version.split(/[.-]/, 3).map(Number);
}
