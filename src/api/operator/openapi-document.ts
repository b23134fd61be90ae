/** Makes the generated OpenAPI document short and exact: what many operations share is said once. */

type Json = Readonly<Record<string, unknown>>;

interface Response {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
  readonly headers?: Json;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
}

/** The part of an OpenAPI 3.1 document that is changed. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/** The document with shared errors, optional bodies, a description of each answer, and no schema that nothing refers to. */
export function tidyDocument(generated: OpenApiDocument): OpenApiDocument {
  const { paths, components } = withoutNoise(generated) as OpenApiDocument;
  const responses: Record<string, Response> = {};
  const tidyOperation = (operation: Operation): Operation => ({
    ...operation,
    ...(operation.requestBody && { requestBody: toBody(operation.requestBody) }),
    responses: mapValues(operation.responses, (response, status) =>
      isProblem(response)
        ? shared(responses, `Problem${status}`, withRetryAfter(response, status))
        : withDescription(response, components.schemas),
    ),
  });
  const tidyPaths = mapValues(paths, (methods) => mapValues(methods, tidyOperation));
  const schemas = referenced(components.schemas, [tidyPaths, responses]);
  return { ...generated, paths: tidyPaths, components: { ...components, schemas, responses } as typeof components };
}

/** Without what zod says of every integer and every time, which no reader needs. */
function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (typeof value !== 'object' || value === null) return value;
  const { type, format } = value as Json;
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      !(type === 'integer' && Math.abs(Number(inner)) === Number.MAX_SAFE_INTEGER) &&
      !(format === 'date-time' && key === 'pattern'),
  );
  return withNullAsType(Object.fromEntries(kept.map(([key, inner]) => [key, withoutNoise(inner)])));
}

/** A value or null, in one schema instead of a choice of two. */
function withNullAsType({ anyOf, ...rest }: Json): Json {
  const [one, other] = Array.isArray(anyOf) && anyOf.length === 2 ? (anyOf as readonly Json[]) : [];
  if (typeof one?.['type'] !== 'string' || one['enum'] || other?.['type'] !== 'null')
    return anyOf ? { anyOf, ...rest } : rest;
  return { ...one, type: [one['type'], 'null'], ...rest };
}

/** A body that may be null may be left out. */
function toBody(body: NonNullable<Operation['requestBody']>): Operation['requestBody'] & Json {
  const [[mediaType, { schema }] = ['', { schema: {} }]] = Object.entries(body.content);
  const inner = withoutNull(schema);
  return inner === schema ? body : { required: false, content: { [mediaType]: { schema: inner } } };
}

function withoutNull(schema: Json): Json {
  const { type, anyOf } = schema;
  if (Array.isArray(type) && type.includes('null')) return { ...schema, type: type[0] as unknown };
  const choices = Array.isArray(anyOf) ? (anyOf as readonly Json[]) : [];
  const [inner, ...more] = choices.filter((choice) => choice['type'] !== 'null');
  return inner && more.length === 0 ? inner : schema;
}

function isProblem({ content }: Response): boolean {
  return content?.['application/problem+json'] !== undefined;
}

const RETRY_AFTER = {
  'Retry-After': { description: 'After how many seconds to repeat the request.', schema: { type: 'integer' } },
};

function withRetryAfter(response: Response, status: string): Response {
  return ['409', '429', '503'].includes(status) ? { ...response, headers: RETRY_AFTER } : response;
}

/** A reference to the response under this name; the response itself, if the name is of another one. */
function shared(responses: Record<string, Response>, name: string, response: Response): Response & Json {
  responses[name] ??= response;
  if (JSON.stringify(responses[name]) !== JSON.stringify(response)) return { ...response };
  return { $ref: `#/components/responses/${name}` };
}

/** The description of the schema, where the generator knows none. */
function withDescription(response: Response, schemas: OpenApiDocument['components']['schemas']): Response {
  const [{ schema = {} } = {}] = Object.values(response.content ?? {});
  const name = referencesIn(schema)[0];
  const { description } = (name === undefined ? schema : schemas[name]) ?? {};
  if (response.description !== 'Default Response' || typeof description !== 'string') return response;
  return { ...response, description };
}

/** The schemas that are reached from there, by name: the order in which modules are loaded does not matter. */
function referenced(schemas: Readonly<Record<string, Json>>, from: unknown): Readonly<Record<string, Json>> {
  const reached = new Set<string>();
  const waiting = referencesIn(from);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...referencesIn(schemas[name]));
  }
  return Object.fromEntries([...reached].toSorted().map((name) => [name, schemas[name] ?? {}]));
}

function referencesIn(value: unknown): string[] {
  const references = (JSON.stringify(value) ?? '').matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  return [...references].map(([, name = '']) => name);
}

function mapValues<In, Out>(
  values: Readonly<Record<string, In>>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
