import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { ConversationClient } from '../../../src/api/dispatch/conversation-client.ts';
import { createDispatcher, type Dispatcher } from '../../../src/api/dispatch/dispatcher.ts';
import { createMetrics } from '../../../src/api/metrics.ts';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import type { Store } from '../../../src/store/index.ts';
import { delivered } from '../../store/targets.ts';
import { aText, PAGE, START, webhookBody } from '../../support/events.ts';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A log that can be read. */
export function aLog() {
  const lines: LogLine[] = [];
  const log = pino(
    { level: 'trace', base: null },
    { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
  );
  return { log, lines, messages: () => lines.map(({ msg }) => msg) };
}

/** A dispatcher that is stopped when the test is over. */
export function aDispatcher(store: Store, conversationClient: ConversationClient) {
  const { log, lines, messages } = aLog();
  const metrics = createMetrics(store);
  const dispatcher: Dispatcher = createDispatcher({ inbox: store.inbox, conversationClient, metrics, log });
  onTestFinished(() => dispatcher.stop());
  return { dispatcher, metrics, lines, messages };
}

export function personOf(index: number): { readonly psid: string; readonly conversation: ConversationId } {
  const psid = `6120459871${String(index).padStart(6, '0')}`;
  return { psid, conversation: `messenger:${PAGE}:${psid}` };
}

/** So many events of one person, in order. */
export function eventsOf(person: number, count: number, from = START) {
  const { psid } = personOf(person);
  return delivered(
    webhookBody(...Array.from({ length: count }, (_, index) => aText(`${index}`, { psid, at: from + index }))),
  );
}
