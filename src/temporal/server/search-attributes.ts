import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';

/** What conversations and sequences can be searched by, in Temporal's UI and in lists. */
export const SEARCH_ATTRIBUTES = {
  PageId: 'Keyword',
  ConversationState: 'Keyword',
  WindowClosesAt: 'Datetime',
  Sequences: 'KeywordList',
  Tags: 'KeywordList',
} as const;

const { IndexedValueType } = proto.temporal.api.enums.v1;
const TYPES = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const;
const REQUIRED_TYPES = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type]] as const);

/** gRPC: somebody else was faster; we may not; this service does not offer it. */
const TOLERATED_CODES = { ALREADY_EXISTS: 6, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12 } as const;
/** A server notices a change of its own namespace at its next look, every few seconds. */
const PROPAGATION_TIMEOUT_MS = 20_000;

/**
 * Adds what the namespace lacks, and waits until the server accepts it. Returns what is still missing, or there with
 * another type: an operator without the permission adds those by hand.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<readonly string[]> {
  const existing = await list(connection, namespace);
  const absent = REQUIRED_TYPES.filter(([name]) => existing[name] === undefined);
  if (absent.length === 0 || !(await add(connection, namespace, Object.fromEntries(absent))))
    return missingIn(existing);

  const until = Date.now() + PROPAGATION_TIMEOUT_MS;
  for (;;) {
    const now = await list(connection, namespace);
    if (absent.every(([name]) => now[name] !== undefined) || Date.now() > until) return missingIn(now);
    await delay(200);
  }
}

/** What the namespace lacks, or has with another type. Adds nothing. */
export async function missingSearchAttributes(connection: Connection, namespace: string): Promise<readonly string[]> {
  return missingIn(await list(connection, namespace));
}

type Attributes = Readonly<Record<string, proto.temporal.api.enums.v1.IndexedValueType>>;

function missingIn(existing: Attributes): readonly string[] {
  return REQUIRED_TYPES.filter(([name, type]) => existing[name] !== type).map(([name]) => name);
}

async function list(connection: Connection, namespace: string): Promise<Attributes> {
  try {
    return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    if (isTolerated(error)) return {};
    throw error;
  }
}

async function add(connection: Connection, namespace: string, searchAttributes: Attributes): Promise<boolean> {
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    return true;
  } catch (error) {
    if (!isTolerated(error)) throw error;
    return error.code === TOLERATED_CODES.ALREADY_EXISTS;
  }
}

function isTolerated(error: unknown): error is Error & { readonly code: number } {
  return isGrpcServiceError(error) && Object.values<number>(TOLERATED_CODES).includes(error.code);
}
