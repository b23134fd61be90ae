/** Every row of Meta's error table as the simulator's answer to a send: its outcome, and the effect on other sends. */

import { expect, test } from 'vitest';
import { PAGE } from '../support/events.ts';
import { fixtureTable } from '../support/fixtures.ts';
import { aGate, ANAS, SEND_ID } from './gate.ts';

interface Row {
  readonly code: number | null;
  readonly subcode: number | null;
  readonly class: string;
  readonly retry: string;
  readonly outcome?: string;
}

const ROWS = fixtureTable<Row>('graph-errors.json');
const NUMBERED = ROWS.filter((row): row is Row & { readonly code: number } => row.code !== null);

/** The state after the first attempt, by the words of the table. */
function expected({ class: errorClass, retry, subcode }: Row): object {
  // The workflow uploads the file again.
  if (subcode === 2018074) return { status: 'failed', code: 'attachment_expired' };
  if (errorClass === 'ambiguous') return { status: 'unconfirmed' };
  switch (retry) {
    case 'reconcile':
      return { status: 'unconfirmed' };
    case 'backoff':
    case 'after_pause':
    case 'once_later':
      return { status: 'waiting', code: errorClass };
    case 'after_fix':
      return { status: 'waiting', page: errorClass === 'token_invalid' ? 'token_invalid' : 'restricted' };
    case 'breaker':
      return { status: 'waiting', page: 'restricted' };
    case 'when_owner':
      return { status: 'waiting', thread: 'other' };
    default: {
      if (errorClass === 'window_closed') return { status: 'refused', code: 'window_closed' };
      if (errorClass !== 'person_unavailable') return { status: 'failed', code: errorClass };
      const person = retry === 'never' ? 'opted out' : 'unavailable';
      return { status: 'refused', code: 'person_unavailable', person };
    }
  }
}

test.each(NUMBERED)('$code/$subcode: $class, $retry', async (row) => {
  const gate = await aGate();
  const { code, subcode } = row;
  gate.simulator.fault({ kind: 'error', code, ...(subcode !== null && { subcode }) });

  await gate.send();

  const entry = await gate.store.ledger.find(SEND_ID);
  const contact = await gate.store.contacts.find(ANAS);
  const page = (await gate.store.circuitBreakers.listOpen()).get(PAGE);
  expect({
    status: entry?.status,
    ...(entry?.code !== undefined && { code: entry.code }),
    ...(page && { page: page.reason }),
    ...(contact?.threadOwner && { thread: contact.threadOwner.appId }),
    ...(contact?.unavailableSince !== undefined && { person: 'unavailable' }),
    ...(contact?.optedOutAt !== undefined && { person: 'opted out' }),
  }).toEqual({ code: row.class, ...expected(row) });
});
