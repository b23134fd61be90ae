/** The files for Docker, read as data: no engine is needed to see that they name what exists. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { VARIABLE_NAMES } from '../src/config/index.ts';
import { SEARCH_ATTRIBUTES } from '../src/temporal/server/search-attributes.ts';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly ports?: readonly string[];
  readonly restart?: string;
  readonly volumes?: readonly string[];
}

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const composeText = read('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const dockerfile = DockerfileParser.parse(read('Dockerfile'));

/** Everything `.env.example` knows: our variables, Temporal's, and those only docker-compose.yml reads. */
const exampleNames = read('.env.example')
  .split('\n')
  .flatMap((line) => /^# ?([A-Z_]+)=/.exec(line)?.[1] ?? []);

describe('docker-compose.yml', () => {
  test('our services are given variables that everthread reads', () => {
    const ours = services.filter(([, { build }]) => build !== undefined);
    expect(ours.map(([name]) => name)).toEqual(['api', 'worker']);
    const known = new Set<string>(VARIABLE_NAMES);
    const unknown = ours
      .flatMap(([, { environment = {} }]) => Object.keys(environment))
      .filter((name) => !known.has(name) && !name.startsWith('TEMPORAL_'));
    expect(unknown).toEqual([]);
  });

  test('every variable it takes from .env is in .env.example, and a required one says what to do', () => {
    const taken = [...composeText.matchAll(/\$\{(?<name>\w+)(?<rest>[^}]*)\}/g)].map(({ groups }) => groups!);
    expect(taken.length).toBeGreaterThan(0);
    for (const { name, rest } of taken) {
      expect(exampleNames).toContain(name);
      expect(rest, name).toMatch(/^:-|^:\?is missing in \.env\. \w+/);
    }
  });

  test('whoever waits for another waits for something that happens', () => {
    const wrong = services.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).flatMap(([other, { condition }]) =>
        isReachable(condition, compose.services[other]) ? [] : `${name} waits for ${other} to be ${condition}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('every image has a version', () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/:\d/);
  });

  test('the server and the tools that set it up have the same version', () => {
    const { temporal, ...jobs } = compose.services;
    const version = temporal!.image.split(':')[1];
    for (const job of ['temporal-schema', 'temporal-namespace']) expect(jobs[job]!.image).toContain(`:${version}`);
  });

  test('ports are published to this machine only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThan(0);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('everything mounted is in the repository, and every volume is declared', () => {
    const sources = services.flatMap(([, { volumes = [] }]) => volumes.map(sourceOf));
    expect(sources).toContain('./deploy/temporal/dynamicconfig.yaml');
    const absent = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(root, source)) : !(source in compose.volumes),
    );
    expect(absent).toEqual([]);
  });

  test('a secret is never written out', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /SECRET|TOKEN|PASSWORD|PWD/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const [name, value] of secrets) expect(value, name).toMatch(/^\$\{/);
  });
});

describe('deploy/', () => {
  const scripts = readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.sh'),
  );

  test.each(scripts)('%s can be run and is correct sh', (path) => {
    const file = join(root, 'deploy', path);
    expect(statSync(file).mode & 0o111).not.toBe(0);
    expect(() => execFileSync('sh', ['-n', file])).not.toThrow();
  });

  test('the namespace gets the search attributes that conversations use', () => {
    const created = read('deploy/temporal/create-namespace.sh').matchAll(/--name (\w+) --type (\w+)/g);
    expect(Object.fromEntries([...created].map(([, name, type]) => [name, type]))).toEqual(SEARCH_ATTRIBUTES);
  });

  test('ids fit into the columns of PostgreSQL', () => {
    expect(parse(read('deploy/temporal/dynamicconfig.yaml'))).toEqual({ 'limit.maxIDLength': [{ value: 255 }] });
  });
});

describe('Dockerfile', () => {
  const instructions = dockerfile.getInstructions();
  const last = (keyword: string) =>
    instructions.findLast((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent();

  test('it ends as a user without rights, with a health check', () => {
    const stage = instructions.slice(instructions.findLastIndex((each) => each.getKeyword() === 'FROM'));
    expect(stage.map((each) => each.getKeyword())).toEqual(expect.arrayContaining(['USER', 'HEALTHCHECK']));
    expect(last('USER')).toBe('node');
    expect(last('HEALTHCHECK')).toContain('/healthz');
    expect(last('CMD')).toBe('["start"]');
  });

  test('the variables it sets are those that everthread reads', () => {
    const names = dockerfile.getENVs().flatMap((env) => env.getProperties().map((property) => property.getName()));
    expect(names).toContain('BOT');
    expect(names.filter((name) => ![...VARIABLE_NAMES, 'NODE_ENV'].includes(name))).toEqual([]);
  });

  test('every image has a version, and glibc', () => {
    for (const from of dockerfile.getFROMs()) expect(from.getImage()).toMatch(/^node:\d+-bookworm-slim$/);
  });

  test('what it copies exists and is let through by .dockerignore', () => {
    const sources = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFlags().length === 0)
      .flatMap((copy) => copy.getArguments().slice(0, -1).map(String));
    expect(sources).toContain('src');
    const letThrough = read('.dockerignore').split('\n');
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(letThrough).toContain(`!${source}`);
    }
  });

  test.each([
    ['passes when /healthz says 200', 200, 0],
    ['fails when it says 503', 503, 1],
  ])('the health check %s', async (_what, status, exitCode) => {
    const server = createServer(({ url }, response) => response.writeHead(url === '/healthz' ? status : 404).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const [, ...args] = JSON.parse(/\[.*\]/.exec(last('HEALTHCHECK') ?? '')?.[0] ?? '[]') as string[];
    const check = spawn(process.execPath, args, { env: { PORT: String(port) } });
    const [code] = (await once(check, 'exit')) as [number];
    server.close();
    expect(code).toBe(exitCode);
  });
});

function isReachable(condition: string, service: Service | undefined): boolean {
  if (!service) return false;
  if (condition === 'service_healthy') return service.healthcheck?.test !== undefined;
  return condition === 'service_completed_successfully' && service.restart === 'on-failure';
}

/** `${BOT_FOLDER:-./examples/shop}:/bot:ro` is mounted from ./examples/shop unless somebody says otherwise. */
function sourceOf(volume: string): string {
  return volume.replace(/^\$\{\w+:-([^}]+)\}/, '$1').split(':')[0]!;
}
