/** A real Prometheus with the rules of `deploy/prometheus`, for tests of what they fire on. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { guardAgainstKill } from './cleanup-guard.ts';
import { firstExecutable, onPath } from './on-this-machine.ts';
import { canInstallPackages } from './postgres/debian-packages.ts';
import { until } from './talk.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The programs of Prometheus. */
export interface PrometheusTools {
  readonly prometheus: string;
  readonly promtool: string;
}

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'everthread', 'prometheus');

/** Finds Prometheus; on Debian it downloads the package (19 MB) and takes the two programs out of it, without installing it. */
export function ensurePrometheus(): PrometheusTools {
  const found = findTools() ?? (unpackDebianPackage() ? findTools() : undefined);
  if (found) return found;
  throw new Error(
    'The tests of the alerts need Prometheus (prometheus and promtool), and none was found on PATH. Install it: ' +
      'apt-get install prometheus, or brew install prometheus.',
  );
}

function findTools(): PrometheusTools | undefined {
  const find = (name: string) => firstExecutable([...onPath(name), join(CACHE, 'usr', 'bin', name)]);
  const [prometheus, promtool] = [find('prometheus'), find('promtool')];
  return prometheus !== undefined && promtool !== undefined ? { prometheus, promtool } : undefined;
}

function unpackDebianPackage(): boolean {
  if (!existsSync('/etc/debian_version')) return false;
  process.stderr.write('Downloading the Debian package prometheus, which the tests need …\n');
  const folder = `${CACHE}-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    if (!download(folder) && !(canInstallPackages() && updateLists() && download(folder))) return false;
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    return spawnSync('dpkg-deb', ['-x', join(folder, file), CACHE]).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function download(cwd: string): boolean {
  return spawnSync('apt-get', ['download', '-q', 'prometheus'], { cwd }).status === 0;
}

function updateLists(): boolean {
  const [command = '', ...sudo] = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  return spawnSync(command, [...sudo, 'update', '-q']).status === 0;
}

/** Which addresses are scraped, by job, and the rules. */
export interface PrometheusOptions {
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  /** A rule file, as data. */
  readonly rules: object;
}

/** A Prometheus that is running. */
export interface RunningPrometheus {
  /** The names of the alerts that fire now. */
  firing(): Promise<readonly string[]>;
  /** Resolves when each address that is up was scraped twice from now on: what happens next is seen as a change. */
  scraped(): Promise<void>;
  /** Everything that was scraped, as series with their labels. */
  series(): Promise<readonly Readonly<Record<string, string>>[]>;
  stop(): Promise<void>;
}

/** Starts Prometheus; it scrapes twice a second, and evaluates four times. */
export async function startPrometheus({ jobs, rules }: PrometheusOptions): Promise<RunningPrometheus> {
  const folder = temporaryFolder();
  const port = await freePort();
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '250ms' },
    rule_files: ['rules.yml'],
    scrape_configs: Object.entries(jobs).map(([job_name, urls]) => ({
      job_name,
      static_configs: [{ targets: urls.map((url) => new URL(url).host) }],
    })),
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  writeFileSync(join(folder, 'rules.yml'), stringify(rules));
  const child = spawn(
    ensurePrometheus().prometheus,
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const dismissGuard = guardAgainstKill(child.pid ?? 0);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ask = async <T>(path: string): Promise<T> =>
    ((await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as { readonly data: T }).data;
  for (let isReady = false; !isReady;) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
    isReady = await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
  const scrapes = async (): Promise<number> => {
    const { result } = await ask<{ readonly result: readonly { readonly value: readonly [number, string] }[] }>(
      `/api/v1/query?${new URLSearchParams({ query: 'min(count_over_time(up[1h]) and up == 1)' })}`,
    );
    return Number(result[0]?.value[1] ?? 0);
  };
  return {
    async scraped() {
      const before = await scrapes();
      await until(async () => (await scrapes()) >= before + 2);
    },
    async firing() {
      const { alerts } = await ask<{ readonly alerts: readonly Alert[] }>('/api/v1/alerts');
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
    },
    series: () => ask(`/api/v1/series?${new URLSearchParams({ 'match[]': '{job!=""}' })}`),
    async stop() {
      child.kill('SIGKILL');
      await ended;
      dismissGuard();
    },
  };
}

interface Alert {
  readonly state: string;
  readonly labels: { readonly alertname: string };
}
