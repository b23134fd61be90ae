import { expect, test } from 'vitest';
import { aText } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored, type CallOptions } from './an-operator-app.ts';

interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: object;
  readonly headers?: object;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly requestBody?: { readonly required: boolean };
}

interface OpenApi {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<'schemas' | 'responses', Readonly<Record<string, Response>>>>;
}

async function theDocument() {
  const listener = await anOperatorApp();
  const document = (await listener.call('/docs/json')).body as OpenApi;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return { ...listener, document, operations };
}

const UNSAFE = new Set(['POST', 'PUT', 'DELETE', 'PATCH']);
/** Writes that no log has: everybody may do them. */
const OF_VIEWERS = new Set(['logOut', 'showPresence']);

test('the OpenAPI document describes every operation, every answer and every field', async () => {
  const { document, operations } = await theDocument();

  expect(document.openapi).toBe('3.1.0');
  expect(operations.length).toBeGreaterThan(15);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  const known = document.tags.map(({ name }) => name);
  for (const { path, method, operation } of operations) {
    const where = `${method} ${path}`;
    expect(operation.operationId, where).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary, where).toMatch(/\.$/);
    expect(known, where).toEqual(expect.arrayContaining([...(operation.tags ?? ['none'])]));
    const statuses = Object.keys(operation.responses);
    expect(
      statuses.some((status) => status.startsWith('2')),
      where,
    ).toBe(true);
    expect(statuses, where).toEqual(expect.arrayContaining(['400', '401', '403', '404']));
    for (const [status, response] of Object.entries(operation.responses)) {
      const { description, content } =
        document.components.responses[response.$ref?.split('/').at(-1) ?? ''] ?? response;
      expect(description, `${where} ${status}`).toMatch(/^[A-Z].*\.$/);
      if (/^[45]/.test(status)) expect(Object.keys(content ?? {}), where).toEqual(['application/problem+json']);
    }
    for (const parameter of operation.parameters ?? [])
      expect(parameter.description, `${where} ${parameter.name}`).toBeTruthy();
    for (const name of path.matchAll(/\{(\w+)\}/g))
      expect(operation.parameters, where).toContainEqual(expect.objectContaining({ name: name[1], in: 'path' }));
  }
  expect(fieldsWithoutDescription(document.components.schemas)).toEqual([]);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) {
    const [, kind, name = ''] = /^#\/components\/(schemas|responses)\/(\w+)$/.exec(reference ?? '') ?? [];
    expect(Object.keys(document.components[kind as 'schemas']), reference).toContain(name);
  }
  const { operation: takeOver } = operations.find(({ operation }) => operation.operationId === 'takeOver')!;
  expect(takeOver.requestBody).toMatchObject({ required: false });
  expect(takeOver.responses['409']).toEqual({ $ref: '#/components/responses/Problem409' });
  expect(document.components.responses['Problem503']?.headers).toHaveProperty('Retry-After');
  // Nothing is described that no operation has.
  for (const name of Object.keys(document.components.schemas))
    expect(references, name).toContain(`#/components/schemas/${name}`);
});

/** Properties of objects, at any depth, that say nothing of their meaning. */
function fieldsWithoutDescription(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties } = value as { readonly properties?: Readonly<Record<string, { readonly description?: string }>> };
  const missing = Object.entries(properties ?? {}).flatMap(([name, property]) =>
    property.description === undefined ? [`${path}.${name}`] : [],
  );
  return [
    ...missing,
    ...Object.entries(value).flatMap(([key, inner]) => fieldsWithoutDescription(inner, `${path}.${key}`)),
  ];
}

test('the page of the document comes from this listener alone', async () => {
  const { call } = await anOperatorApp();

  const page = await call('/docs/');

  expect(page.status).toBe(200);
  expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
  const csp = String(page.headers['content-security-policy']);
  expect(csp).toContain("default-src 'none'; script-src 'self';");
  expect(csp).not.toMatch(/https?:/);
  const script = /src="([^"]+swagger-initializer\.js)"/.exec(page.text)?.[1] ?? '';
  expect((await call(new URL(script, 'http://x/docs/').pathname)).status).toBe(200);
});

test('no operation answers somebody who is nobody, and a viewer writes nothing', async () => {
  const { store, call, operations } = await theDocument();
  const viewer = await anOperator(store, { role: 'viewer' });
  const agent = await anOperator(store, { name: 'Ben', role: 'agent' });
  await stored(store, aText('Hello'));
  const writes: string[] = [];
  for (const { path, method, operation } of operations) {
    if (['logIn', 'getDemo', 'logInToDemo'].includes(operation.operationId ?? '')) continue;
    const where = path.replace('{id}', ANA_ID).replaceAll(/\{\w+\}/g, 'x');
    const options = {
      method: method as NonNullable<CallOptions['method']>,
      body: method === 'GET' ? undefined : {},
      ...(operation.operationId === 'uploadFile' && { headers: { 'content-type': 'image/png' } }),
    };
    expect((await call(where, options)).body, `${method} ${path}`).toMatchObject({
      status: 401,
      code: 'not_authenticated',
    });
    if (!UNSAFE.has(method) || OF_VIEWERS.has(operation.operationId ?? '')) continue;
    writes.push(operation.operationId ?? '');
    expect((await call(where, { ...options, token: viewer })).body, where).toMatchObject({
      status: 403,
      code: 'role_missing',
    });
  }
  expect(writes).toEqual(expect.arrayContaining(['addNote', 'addTag', 'optOut', 'retryDeadEvents']));
  for (const path of ['/api/v1/dead-events/retry', '/api/v1/dead-events/drop'])
    expect((await call(path, { method: 'POST', token: agent, body: { ids: [1] } })).status).toBe(403);
  expect((await call('/api/v1/operator-log', { token: agent })).status).toBe(403);
});

test('every answer forbids to be framed, cached or guessed', async () => {
  const { store, call } = await anOperatorApp();
  const token = await anOperator(store);
  for (const { headers } of [await call('/api/v1/session', { token }), await call('/api/v1/nothing')]) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    });
  }
});
