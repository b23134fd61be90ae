/** Generates the picture of the states of a send in `docs/architecture.md`: `npx tsx scripts/send-states.ts` writes it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEND_TRANSITIONS, type SendTransition } from '../src/store/ledger/send-states.ts';

/** The path of the document. */
export const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'architecture.md');

const BEGIN = '<!-- send-states -->\n';
const END = '<!-- end of send-states -->';

/** The table of the ledger as a Mermaid state diagram: one arrow for each pair of statuses, named after its events. */
export function sendStatesDiagram(): string {
  const arrows = new Map<string, string[]>();
  const transitions: [string, SendTransition][] = Object.entries(SEND_TRANSITIONS);
  for (const [event, { from, to }] of transitions) {
    for (const status of from) {
      if (status === to) continue;
      const arrow = `${status === 'new' ? '[*]' : status} --> ${to}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
    }
  }
  const lines = [...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(', ')}`);
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n');
}

/** The document with its diagram generated anew. */
export function withDiagram(document: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < 0) throw new Error(`${DOCUMENT} lacks the marks ${BEGIN.trim()} and ${END}.`);
  return `${document.slice(0, begin + BEGIN.length)}\n${sendStatesDiagram()}\n\n${document.slice(end)}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(DOCUMENT, withDiagram(readFileSync(DOCUMENT, 'utf8')));
