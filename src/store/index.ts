import { createUploadedAttachments, type UploadedAttachments } from './attachments.ts';
import { createAudience, type Audience } from './audience.ts';
import { createBotFacts, type BotFactsRecord } from './bot-facts.ts';
import { createChanges, type Changes } from './changes/index.ts';
import { createContacts, type Contacts } from './contacts.ts';
import { createConversations, type Conversations } from './conversations/index.ts';
import { openStoreDatabase, type OpenOptions } from './db/database.ts';
import { groupCommit } from './db/group-commit.ts';
import { createWriteProbe } from './db/write-probe.ts';
import { createEligibilityRecords, type EligibilityRecords } from './eligibility-records.ts';
import { createStoreEncryption, type StoreEncryption } from './encryption/index.ts';
import { createExternalIds, type ExternalIds } from './external-ids.ts';
import { createFunnels, type Funnels } from './funnels.ts';
import { createUnansweredWaits, type UnansweredWaits } from './handoff-events.ts';
import { createHandoffs, type Handoffs } from './handoffs.ts';
import { createDeadEvents, type DeadEvents } from './inbox/dead-events.ts';
import { createInbox, type Inbox } from './inbox/index.ts';
import { createLeads, type Leads } from './leads.ts';
import { createLedger, type Ledger } from './ledger/index.ts';
import { createNotes, type Notes } from './notes.ts';
import { createNumbers, type Numbers } from './numbers/index.ts';
import { createOperators, type Operators } from './operators/index.ts';
import { createOperatorLog, type OperatorLog } from './operators/operator-log.ts';
import { createDestinations, type Destinations } from './outbox/destinations.ts';
import { createOutbox, type Outbox } from './outbox/index.ts';
import { createPageCircuitBreakers, type PageCircuitBreakers } from './page-circuit-breaker.ts';
import { createErasures, type Erasures } from './person/erasures.ts';
import { createPeople, type People } from './person/index.ts';
import { createPresence, type Presence } from './presence.ts';
import { createQuarantine, type Quarantine } from './quarantine.ts';
import { createRateLimitSlots, type RateLimitSlots } from './rate-limit-slots.ts';
import { createReceivedTopics, type ReceivedTopics } from './received-topics.ts';
import { createRecordedEvents, type RecordedEvents } from './recorded-events.ts';
import { createRetention, type Retention } from './retention.ts';
import { createSavedReplies, type SavedReplies } from './saved-replies.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { createTemplateStatuses, type TemplateStatuses } from './template-statuses.ts';
import { createTraces, type Traces } from './traces/index.ts';
import { createTranscript, type Transcript } from './transcript.ts';

/** Everything that is stored outside Temporal, in one SQLite file or one PostgreSQL database. */
export interface Store {
  readonly encryption: StoreEncryption;
  readonly inbox: Inbox;
  readonly deadEvents: DeadEvents;
  readonly contacts: Contacts;
  readonly audience: Audience;
  readonly eligibility: EligibilityRecords;
  readonly circuitBreakers: PageCircuitBreakers;
  readonly templateStatuses: TemplateStatuses;
  readonly rateLimitSlots: RateLimitSlots;
  readonly attachments: UploadedAttachments;
  readonly ledger: Ledger;
  readonly transcript: Transcript;
  readonly recordedEvents: RecordedEvents;
  readonly leads: Leads;
  readonly funnels: Funnels;
  readonly snapshots: Snapshots;
  readonly quarantine: Quarantine;
  readonly conversations: Conversations;
  readonly handoffs: Handoffs;
  readonly unansweredWaits: UnansweredWaits;
  readonly notes: Notes;
  readonly presence: Presence;
  readonly savedReplies: SavedReplies;
  readonly botFacts: BotFactsRecord;
  readonly numbers: Numbers;
  readonly externalIds: ExternalIds;
  readonly receivedTopics: ReceivedTopics;
  readonly traces: Traces;
  readonly destinations: Destinations;
  readonly outbox: Outbox;
  readonly operators: Operators;
  readonly operatorLog: OperatorLog;
  readonly changes: Changes;
  readonly people: People;
  readonly erasures: Erasures;
  readonly retention: Retention;
  /** Write probe: resolves if a row was written just now, rejects with the reason if not. */
  ping(): Promise<void>;
  /** Flushes what is committed and closes the connections; the store cannot be used any more. */
  close(): Promise<void>;
}

/** How a store is opened, and for whom. */
export interface StoreOptions extends OpenOptions {
  /** The id of our app at Meta: an echo that names another app is none of ours. Default: not known. */
  readonly appId?: string | undefined;
}

/** Opens the store at `DATABASE_URL`, `file:…` or `postgres://…`, updates its schema and checks that it can write. */
export async function openStore(url: string, { appId, ...options }: StoreOptions = {}): Promise<Store> {
  const database = await openStoreDatabase(url, options);
  const { echoKey } = database.identity;
  const write = groupCommit(database);
  const store: Store = {
    encryption: createStoreEncryption(database, write),
    inbox: createInbox(database, write, { echoKey, appId }),
    deadEvents: createDeadEvents(database, write),
    contacts: createContacts(database, write),
    audience: createAudience(database),
    eligibility: createEligibilityRecords(write),
    circuitBreakers: createPageCircuitBreakers(database, write),
    templateStatuses: createTemplateStatuses(database, write),
    rateLimitSlots: createRateLimitSlots(write),
    attachments: createUploadedAttachments(database, write),
    ledger: createLedger(database, write),
    transcript: createTranscript(database),
    recordedEvents: createRecordedEvents(database),
    leads: createLeads(database, write),
    funnels: createFunnels(database, write),
    snapshots: createSnapshots(database, write),
    quarantine: createQuarantine(database, write),
    conversations: createConversations(database),
    handoffs: createHandoffs(database, write),
    unansweredWaits: createUnansweredWaits(database, write),
    notes: createNotes(database, write),
    presence: createPresence(database, write),
    savedReplies: createSavedReplies(database, write),
    botFacts: createBotFacts(database, write),
    numbers: createNumbers(database),
    externalIds: createExternalIds(database, write),
    receivedTopics: createReceivedTopics(write),
    traces: createTraces(database),
    destinations: createDestinations(database, write),
    outbox: createOutbox(database, write),
    operators: createOperators(database, write),
    operatorLog: createOperatorLog(database, write),
    changes: createChanges(database, write),
    people: createPeople(database),
    erasures: createErasures(database, write, { echoKey, appId }),
    retention: createRetention(database, write),
    ping: createWriteProbe(database),
    close: () => database.close(),
  };
  try {
    // Without a check for damage, which may take long: the processes that want one ask for it.
    await createWriteProbe({ db: database.db, ...(database.flushOf && { flushOf: database.flushOf }) })();
    return store;
  } catch (error) {
    await database.db.destroy();
    throw error;
  }
}
