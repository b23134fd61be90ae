/** What the store knows of one message: its inbox row, its send, and what it caused. Without any text. */

import type { Database } from '../db/database.ts';
import { createTracedEvents, type TracedEvents } from './events.ts';
import { createTracedSends, type TracedSends } from './sends.ts';

export type { TracedEvent, TurnEvent } from './events.ts';
export type { TracedSend } from './sends.ts';

/** Reads traces. */
export interface Traces extends TracedEvents, TracedSends {}

/** Traces from the tables `inbox`, `sends` and `messages`. */
export function createTraces(database: Pick<Database, 'db'>): Traces {
  return { ...createTracedEvents(database), ...createTracedSends(database) };
}
