import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from './command.ts';
import { type InstallFailures, type InstallOptions, installAtomically } from './install.ts';
import { TEMPORAL_CLI_VERSION } from './version.ts';

const DOWNLOAD_URL = 'https://temporal.download/cli/archive';
/** An unreachable host should fail soon; the transfer itself may take as long as it needs. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Fetches the CLI's archive from the place Temporal documents. The SDK does the same, but only inside its hidden
 * `createEphemeralServer`, which starts a server of its own on the way and claims the process's one Core runtime.
 */
export function downloadTemporalCli({ folder, log, downloadUrl, env }: InstallOptions): Promise<InstallFailures> {
  const url = archiveUrl(downloadUrl ?? DOWNLOAD_URL);
  return installAtomically(folder, async (temporary) => {
    const archive = join(temporary, 'archive');
    try {
      await download(url, archive, () => log(`Downloading the Temporal CLI ${TEMPORAL_CLI_VERSION} (45 MB) …`));
    } catch (error) {
      return [`download of ${url}: ${rootCause(error)}`];
    }
    const bin = join(temporary, 'bin');
    await mkdir(bin);
    const unpacked = await runCommand('tar', ['-xf', archive, '-C', bin], { timeoutMs: 120_000, ...(env && { env }) });
    await rm(archive);
    return unpacked.ok ? [] : [`tar, to unpack ${url}: ${unpacked.problem}`];
  });
}

async function download(url: string, file: string, onAnswer: () => void): Promise<void> {
  const giveUp = new AbortController();
  const timer = setTimeout(
    () => giveUp.abort(new Error(`no answer in ${CONNECT_TIMEOUT_MS / 1000} s`)),
    CONNECT_TIMEOUT_MS,
  );
  const response = await fetch(url, { signal: giveUp.signal }).finally(() => clearTimeout(timer));
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  onAnswer();
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

function archiveUrl(base: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  return `${base}/v${TEMPORAL_CLI_VERSION}?platform=${platform}&arch=${arch}`;
}

/** The message of `fetch` is always "fetch failed"; its cause has the reason. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? rootCause(error.cause) : error.message;
}
