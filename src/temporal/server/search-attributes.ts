import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';

/** The search attributes of conversations and sequences. */
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

/** Another process was faster; we lack the permission; this service does not offer it. */
const TOLERATED_CODES = new Set([status.ALREADY_EXISTS, status.PERMISSION_DENIED, status.UNIMPLEMENTED]);
/** A server sees a change of a namespace at its next refresh, every few seconds. */
const PROPAGATION_TIMEOUT_MS = 20_000;

/**
 * Adds the attributes that the namespace lacks, and waits until the server accepts them. Returns those that are still
 * missing or have another type; without the permission to add them, an administrator has to.
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

/** The attributes that the namespace lacks or has with another type. Adds nothing. */
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
    return error.code === status.ALREADY_EXISTS;
  }
}

function isTolerated(error: unknown): error is Error & { readonly code: number } {
  return isGrpcServiceError(error) && TOLERATED_CODES.has(error.code);
}
