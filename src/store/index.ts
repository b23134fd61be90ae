import { createAttachments, type Attachments } from './attachments.ts';
import { createAudience, type Audience } from './audience.ts';
import { createContacts, type Contacts } from './contacts.ts';
import { openDatabase } from './db/database.ts';
import { groupCommit } from './db/group-commit.ts';
import { createPulse } from './db/write-probe.ts';
import { createFunnels, type Funnels } from './funnels.ts';
import { createInbox, type Inbox } from './inbox/index.ts';
import { createLeadOutbox, type LeadOutbox } from './lead-outbox.ts';
import { createLeads, type Leads } from './leads.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createHolds, type Holds } from './page-circuit-breaker.ts';
import { createBudgets, type Budgets } from './rate-limit-slots.ts';
import { createStandings, type Standings } from './send-eligibility.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { createTranscript, type Transcript } from './transcript.ts';

/** All that is kept outside the engine, in one SQLite file or one PostgreSQL database. */
export interface Store {
  readonly inbox: Inbox;
  readonly contacts: Contacts;
  readonly audience: Audience;
  readonly standings: Standings;
  readonly holds: Holds;
  readonly budgets: Budgets;
  readonly attachments: Attachments;
  readonly ledger: Ledger;
  readonly transcript: Transcript;
  readonly leads: Leads;
  readonly leadOutbox: LeadOutbox;
  readonly funnels: Funnels;
  readonly snapshots: Snapshots;
  /** Resolves when the store can write at this moment, because it just has; rejects with the reason when it cannot. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the store behind `DATABASE_URL`, `file:…` or `postgres://…`, and sees that it can be written. */
export async function openStore(url: string): Promise<Store> {
  const database = await openDatabase(url);
  const write = groupCommit(database);
  const store: Store = {
    inbox: createInbox(database, write),
    contacts: createContacts(database, write),
    audience: createAudience(database),
    standings: createStandings(write),
    holds: createHolds(database, write),
    budgets: createBudgets(write),
    attachments: createAttachments(database, write),
    ledger: createLedger(database, write),
    transcript: createTranscript(database),
    leads: createLeads(database, write),
    leadOutbox: createLeadOutbox(database, write),
    funnels: createFunnels(database, write),
    snapshots: createSnapshots(database, write),
    ping: createPulse(database),
    close: () => database.db.destroy(),
  };
  try {
    await createPulse(database)();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
