/** Generates the table of events in `docs/messenger.md`: `npx tsx scripts/events-table.ts` writes it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeWebhook } from '../src/api/webhook/decode/index.ts';
import { findKind, KINDS } from '../src/api/webhook/decode/kinds.ts';
import { parseJson } from '../src/api/webhook/parse-json.ts';
import { isObject } from '../src/messenger/check/json.ts';
import type { InboundEventKind } from '../src/messenger/inbound/inbound-event.ts';
import type { DecodedEvent } from '../src/messenger/inbound/inbox-item.ts';
import { WEBHOOK_FIELDS } from '../src/messenger/inbound/webhook-fields.ts';
import { openStore } from '../src/store/index.ts';
import { fixtureBytes, fixtureNames } from '../test/support/fixtures.ts';

const root = join(import.meta.dirname, '..');
/** The path of the document. */
export const DOCUMENT = join(root, 'docs', 'messenger.md');

const HOOKS: Partial<Record<InboundEventKind, string>> = {
  message: 'onMessage',
  postback: 'onPostback',
  echo: 'observe',
};

/** All kinds, in the order in which their types are declared. */
export function eventKinds(): readonly InboundEventKind[] {
  const source = readFileSync(join(root, 'src', 'messenger', 'inbound', 'inbound-event.ts'), 'utf8');
  return [...source.matchAll(/^ {2}readonly kind: '(\w+)';$/gm)].map(([, kind]) => kind as InboundEventKind);
}

/** The events of all recorded webhooks under `test/fixtures`. */
function recordedEvents(): DecodedEvent[] {
  return fixtureNames().flatMap((name) => decodeWebhook(parseJson(fixtureBytes(name))) ?? []);
}

/** The kinds that the store delivers to a conversation, found out by storing the recorded events. */
export async function deliveredKinds(): Promise<ReadonlySet<InboundEventKind>> {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-events-'));
  const store = await openStore(`file:${join(folder, 'store.db')}`);
  const delivered = new Set<InboundEventKind>();
  for (const recorded of recordedEvents()) {
    const { waiting } = await store.inbox.record([recorded], recorded.event.at);
    if (waiting.length > 0) delivered.add(recorded.event.kind);
  }
  await store.close();
  rmSync(folder, { recursive: true });
  return delivered;
}

function fieldsOf(kind: InboundEventKind): string {
  const rows: readonly { name: string; alias?: string; brings: readonly string[] }[] = WEBHOOK_FIELDS;
  const fields = rows.filter(({ brings }) => brings.includes(kind));
  return fields.map(({ name, alias }) => (alias ? `\`${name}\` (\`${alias}\`)` : `\`${name}\``)).join(', ') || 'any';
}

function keysOf(kind: InboundEventKind, recorded: readonly DecodedEvent[]): string {
  if (kind === 'change') return '`changes[]`';
  if (kind === 'call') return '`calls[]`';
  if (kind === 'unknown' || kind === 'malformed') return 'any';
  const items = recorded.filter(({ event }) => event.kind === kind);
  const keys = new Set(items.map(({ raw }) => (isObject(raw) ? findKind(raw)?.key : undefined)));
  return KINDS.filter(({ key }) => keys.has(key))
    .map(({ key }) => `\`${key}\``)
    .join(', ');
}

/** One row for each kind: its webhook field, the key of its item, and the hook that gets it. */
export async function eventsTable(): Promise<string> {
  const delivered = await deliveredKinds();
  const recorded = recordedEvents();
  const rows = eventKinds().map((kind) => {
    const hook = delivered.has(kind) ? `\`${HOOKS[kind] ?? 'onEvent'}\`` : 'none';
    return `| [\`${kind}\`](#${kind}) | ${fieldsOf(kind)} | ${keysOf(kind, recorded)} | ${hook} |`;
  });
  return ['| kind | field | key | hook |', '|---|---|---|---|', ...rows].join('\n');
}

/** The document with its table generated anew. */
export async function withEventsTable(document: string): Promise<string> {
  const [before, rest] = cut(document, '<!-- events -->\n');
  const [, after] = cut(rest, '<!-- end of events -->');
  return `${before}<!-- events -->\n\n${await eventsTable()}\n\n<!-- end of events -->${after}`;
}

function cut(text: string, marker: string): readonly [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/messenger.md has no "${marker.trim()}".`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(DOCUMENT, await withEventsTable(readFileSync(DOCUMENT, 'utf8')));
}
