import type { Generated } from 'kysely';
import type { SendClassName } from '../../messenger/outbound/send-api.ts';
import type { Encrypted } from '../encryption/encrypted.ts';

/**
 * The tables, the same on SQLite and PostgreSQL.
 * Times are epoch ms; `…_json` columns hold JSON text; ids of Meta are text; `Encrypted` ones pass `cipherOf`.
 */
export interface Tables {
  inbox: InboxTable;
  claims: ClaimsTable;
  contacts: ContactsTable;
  sends: SendsTable;
  messages: MessagesTable;
  leads: LeadsTable;
  pages: PagesTable;
  templates: TemplatesTable;
  budgets: BudgetsTable;
  attachments: AttachmentsTable;
  snapshots: SnapshotsTable;
  funnel_steps: FunnelStepsTable;
  strikes: StrikesTable;
  pulse: PulseTable;
  store_identity: StoreIdentityTable;
  operators: OperatorsTable;
  operator_tokens: OperatorTokensTable;
  operator_sessions: OperatorSessionsTable;
  operator_log: OperatorLogTable;
  operator_requests: OperatorRequestsTable;
  external_ids: ExternalIdsTable;
  received_topics: ReceivedTopicsTable;
  handoffs: HandoffsTable;
  handoff_waits: HandoffWaitsTable;
  notes: NotesTable;
  presence: PresenceTable;
  saved_replies: SavedRepliesTable;
  destinations: DestinationsTable;
  outbox: OutboxTable;
  bot_facts: BotFactsTable;
  changes: ChangesTable;
  encryption_keys: EncryptionKeysTable;
  erasures: ErasuresTable;
}

/** Every event that was acknowledged, and how far it got. */
export interface InboxTable {
  id: Generated<number>;
  /** Unique: an event is stored once, however often it is delivered. */
  dedupe_key: string;
  page_id: string;
  conversation: string | null;
  kind: string;
  /** When it happened, by Meta's clock. */
  at: number;
  received_at: number;
  event_json: Encrypted;
  /** The item as Meta sent it. */
  raw_json: Encrypted;
  /**
   * `pending`: waits for delivery to a workflow. `dispatched`: delivered. `stored`: no workflow needs it.
   * `dead`: Temporal refused it for good.
   */
  status: 'pending' | 'dispatched' | 'stored' | 'dead';
  /** Why it is `dead`, or why it is `stored` and not delivered. */
  reason: string | null;
  /** The message whose content this event carries, where its author can unsend it; a hash if it is long. */
  mid: string | null;
  /** When it was handed to Temporal, which took it or rejected it for good. Null: not yet, or by an older version. */
  dispatched_at: number | null;
}

/** Leases: the api process (`holder`) that alone may dispatch a conversation `until` then. */
export interface ClaimsTable {
  conversation: string;
  holder: string;
  until: number;
}

/** A person on a Page: window, eligibility, receipts, profile, tags. */
export interface ContactsTable {
  conversation: string;
  page_id: string;
  psid: string;
  first_seen_at: number;
  last_seen_at: number;
  window_opened_at: number | null;
  window_opener: string | null;
  /** Meta may keep the window open until then, after a click on an ad. */
  window_may_last_until: number | null;
  /** When they clicked on an ad in an existing thread, if they have not written since. */
  ad_clicked_at: number | null;
  /** When Meta said that they cannot get messages. Cleared by their next action. */
  unavailable_since: number | null;
  /** Their last opt signals. */
  opted_out_at: number | null;
  opted_in_at: number | null;
  /** The id of the app that owns the thread; `idle`, or `other` for an app that Meta did not name. */
  thread_owner: string | null;
  thread_owner_since: number | null;
  delivered_until: number | null;
  read_until: number | null;
  first_name: Encrypted | null;
  last_name: Encrypted | null;
  locale: string | null;
  time_zone: string | null;
  /** When to read the profile from Meta again. Null: never read. */
  profile_due_at: number | null;
  /** A JSON list of strings. Null: never tagged. */
  tags: string | null;
}

/** The ledger: every send, recorded before Meta is called. */
export interface SendsTable {
  send_id: string;
  conversation: string;
  author: string;
  purpose: string;
  guarantee: string;
  message_json: Encrypted;
  /**
   * `calling`: Meta is called, no answer recorded. `waiting`: certainly not accepted, to be tried again.
   * `doubtful`: unconfirmed, perhaps accepted. The others are final.
   */
  status: 'calling' | 'waiting' | 'doubtful' | 'sent' | 'refused' | 'failed' | 'unknown';
  /** The refusal's reason or the failure's code. */
  code: string | null;
  message_id: string | null;
  attempts: number;
  created_at: number;
  doubtful_since: number | null;
  settled_at: number | null;
  /** What an echo must carry to prove this send. Null: recorded by a version whose echoes carry the bare send id. */
  echo_proof: 'digest' | null;
  /** What asked for it: `plugin faq`, `sequence spring-offer`, `the fallback`. Null: an older version recorded it. */
  source: string | null;
  /** The name of the operator who wrote it. Null: the bot's, or recorded by an older version. */
  operator: string | null;
  /** Meta's messaging type of the last call, or its tag. Null: no call, or by an older version. */
  sent_as: SendClassName | null;
}

/** The transcript. */
export interface MessagesTable {
  page_id: string;
  mid: string;
  conversation: string;
  author: 'person' | 'bot' | 'human' | 'other_app';
  text: Encrypted | null;
  at: number;
  edited_at: number | null;
  deleted_at: number | null;
  /** The send's row in the ledger, if the message is ours. */
  send_id: string | null;
  /** `[{ type, expiringUrl }]`. Meta's addresses are signed and expire. */
  attachments_json: Encrypted | null;
}

/** Circuit breakers of Pages, and the last policy enforcement notice. */
export interface PagesTable {
  page_id: string;
  /** Why the breaker is open. Null: closed. */
  hold: 'token_invalid' | 'restricted' | null;
  /** Meta's code, or `policy_enforcement`. */
  hold_code: string | null;
  held_since: number | null;
  /** When the next probe is due. */
  probe_at: number | null;
  probes: number;
  /** The last policy enforcement notice: `warning`, `block`, `unblock`. */
  notice: string | null;
  notice_at: number | null;
}

/** The status of a Page's utility templates, as Meta last named it. */
export interface TemplatesTable {
  page_id: string;
  /** A hash if it is long, as is `language`. */
  name: string;
  language: string;
  /** In Meta's words: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, … */
  status: string;
  /** When Meta said so. */
  at: number;
}

/** The next free slot of a Page's rate limit, in microseconds since 1970. */
export interface BudgetsTable {
  page_id: string;
  lane: 'messages' | 'media';
  next_at_us: number;
}

/** Files that were uploaded to Meta for a Page. */
export interface AttachmentsTable {
  page_id: string;
  /** A hash of the file's bytes, or its address. */
  content_key: string;
  attachment_id: string;
  uploaded_at: number;
}

/**
 * Leads. The table has more columns, about a webhook of their own that a version before had: `delivery`, `attempts`, `due_at`,
 * `first_tried_at`, `trouble`.
 */
export interface LeadsTable {
  lead_id: string;
  conversation: string;
  form: string;
  fields_json: Encrypted;
  at: number;
  /** The words that the person was told or agreed to, and when: `{ text, at, given }`. */
  consent_json: Encrypted | null;
}

/** Where events are posted to. */
export interface DestinationsTable {
  name: string;
  /** May itself be a secret. */
  url: Encrypted;
  format: 'standard' | 'slack';
  /** A JSON list of topics and patterns. */
  topics_json: string;
  /** A JSON list of Page ids. Null: events of all Pages. */
  pages_json: string | null;
  /** `whsec_…`. Null: its format has no signature. */
  secret: Encrypted | null;
  /** The secret before the last rotation, which signs too until `previous_until`. */
  previous_secret: Encrypted | null;
  previous_until: number | null;
  created_at: number;
  /** Null: enabled. */
  disabled_at: number | null;
  disabled_reason: string | null;
}

/** Events that wait to be posted, one row for each destination; delivered ones stay for some days, without their data. */
export interface OutboxTable {
  /** The events of one line are posted in this order. */
  id: Generated<number>;
  destination: string;
  /** `webhook-id`: the same for every destination, and however often it is posted. */
  event_id: string;
  topic: string;
  /** The conversation, or the Page for an event about no person: one event of it is posted at a time. */
  line: string;
  conversation: string | null;
  page_id: string;
  /** When it happened, by the person's clock. */
  at: number;
  data_json: Encrypted;
  /** `dead`: not tried any more, until somebody asks for it. */
  status: 'pending' | 'delivered' | 'dead';
  attempts: number;
  /** When the next try is due, real time; while a process tries it, when its lease expires. Null: it waits for those before it. */
  due_at: number | null;
  /** The failure after which it is dead, real time. */
  give_up_at: number;
  /** Why the last try failed. */
  trouble: string | null;
  settled_at: number | null;
}

/** The state of a conversation whose workflow has ended, for its next run. */
export interface SnapshotsTable {
  conversation: string;
  state_json: Encrypted;
  saved_at: number;
}

/** When a person reached a step of a funnel for the first time. */
export interface FunnelStepsTable {
  conversation: string;
  funnel: string;
  step: string;
  at: number;
}

/** Workflows in whose activation a worker died or was stuck, for the quarantine. */
export interface StrikesTable {
  workflow_id: string;
  run_id: string;
  /** The workflow task of the run, counted from 1. */
  task: number;
  /** A hash of the bot's bundle. */
  build: string;
  /** The activation of the last strike: a worker that reports it again does not count it again. */
  mark: string;
  /** In a row, without progress of the workflow in between. */
  strikes: number;
  reason: 'process_died' | 'stuck';
  at: number;
}

/** The one row of the write probe. */
export interface PulseTable {
  id: number;
  at: number;
}

/** The one row that tells this store from others, and the key of its echoes (base64url). */
export interface StoreIdentityTable {
  id: number;
  store_id: string;
  echo_key: string;
}

/** People and machines that may use the operator API. */
export interface OperatorsTable {
  /** The name in lower case: names differ in more than case. */
  name_key: string;
  name: string;
  role: 'viewer' | 'agent' | 'admin';
  /** A JSON list of Page ids. Null: all Pages. */
  pages_json: string | null;
  /** `scrypt:{log2 N}:{r}:{p}:{salt}:{hash}`. Null: no login with a password. */
  password_hash: string | null;
  created_at: number;
  /** Null: enabled. */
  disabled_at: number | null;
  /** 1: `dev` logs in as them without a password. Null: an operator like any other. */
  is_demo: 1 | null;
}

/** Tokens of operators, as hashes. */
export interface OperatorTokensTable {
  /** SHA-256, hexadecimal. */
  token_hash: string;
  /** The first characters of the token, by which lists name it. */
  prefix: string;
  operator: string;
  created_at: number;
  /** Days since 1970, UTC. Null: never used. */
  last_used_day: number | null;
}

/** Sessions of operators who logged in with a password, as hashes. */
export interface OperatorSessionsTable {
  /** SHA-256 of the cookie, hexadecimal. */
  session_hash: string;
  operator: string;
  created_at: number;
  expires_at: number;
}

/** Every write through the operator API, without texts. */
export interface OperatorLogTable {
  id: Generated<number>;
  /** The operator's name. */
  operator: string;
  interface: 'desk' | 'api' | 'cli';
  /** The operation's id in the OpenAPI document. */
  action: string;
  conversation: string | null;
  at: number;
  /** The status of the answer. Null: the process ended before it answered, so that the write may or may not have happened. */
  status: number | null;
  /** Names a request that is recognised when it is repeated; the cause of an operator's message is `o{key}`. Null: it is not. */
  request_key: string | null;
}

/** Writes with an idempotency key, and their answers. */
export interface OperatorRequestsTable {
  operator: string;
  idempotency_key: string;
  /** SHA-256 of method, path and body. */
  request_hash: string;
  started_at: number;
  /** Null: in progress. */
  status: number | null;
  content_type: string | null;
  body: Encrypted | null;
  /** The conversation in the address. Null: there is none, or an older version recorded it. */
  conversation: string | null;
}

/** Who answers in a conversation, and up to where operators have read it. */
export interface HandoffsTable {
  conversation: string;
  state: 'bot' | 'waiting' | 'operator';
  /** The operator's name. Null: nobody, or somebody outside everthread. */
  held_by: string | null;
  reason: Encrypted | null;
  waiting_since: number | null;
  /** When the bot answers again by itself. */
  until: number | null;
  /** When the state changed, by the person's clock: an older change is late and changes nothing. */
  updated_at: number;
  /** Operators have seen everything up to then. */
  seen_at: number | null;
  /** A conversation that waits is snoozed until then, real time. Null: it is not. */
  snoozed_until: number | null;
  /** The person's latest action when it was snoozed: a later one ends that. */
  snoozed_after: number | null;
}

/** Each time that a person waited for an operator. Times by the person's clock. */
export interface HandoffWaitsTable {
  conversation: string;
  since: number;
  /** Null: they still wait. */
  ended_at: number | null;
  /** Who then answered: an operator; or the bot, because no operator came. */
  ended_by: 'operator' | 'bot' | null;
  /** When destinations were told that nobody has answered, real time. */
  unanswered_at: number | null;
}

/** What operators wrote down about a person; never sent. */
export interface NotesTable {
  note_id: string;
  conversation: string;
  /** The operator's name. */
  operator: string;
  text: Encrypted;
  at: number;
}

/** Which operators look at a conversation now. */
export interface PresenceTable {
  conversation: string;
  /** The operator's name. */
  operator: string;
  state: 'looking' | 'typing';
  /** When it ends by itself, real time. */
  expires_at: number;
}

/** By which ids other systems know people. */
export interface ExternalIdsTable {
  /** Channel and Page: `messenger:{pageId}`. */
  account: string;
  system: string;
  external_id: string;
  conversation: string;
  linked_at: number;
}

/** Topics that other systems emitted: the same key twice is one topic. */
export interface ReceivedTopicsTable {
  conversation: string;
  key: string;
  /** SHA-256 of topic and data. */
  request_hash: string;
  at: number;
  /** What became of it. Null: in progress, or its process ended before it knew. */
  result_json: string | null;
}

/** Texts that operators send again and again. */
export interface SavedRepliesTable {
  reply_id: string;
  /** The name as it is compared. */
  name_key: string;
  name: string;
  /** Empty: for all Pages. */
  page_id: string;
  text: Encrypted;
}

/** The one row with what the bot has, as the worker that started last reported it. */
export interface BotFactsTable {
  id: number;
  facts_json: string;
  at: number;
}

/** The change log of what operators look at; the rows are written by triggers. */
export interface ChangesTable {
  id: Generated<number>;
  /** What changed; `receipts`: until when messages were delivered or read. `erased`: the person is gone. */
  kind: 'message' | 'send' | 'conversation' | 'receipts' | 'note' | 'presence' | 'dead_event' | 'erased';
  conversation: string;
  /** The message id, send id or note id; the id of the Page of a dead event. */
  ref: string | null;
}

/** The keys that what is stored, here or in Temporal, may need. */
export interface EncryptionKeysTable {
  key_id: string;
  /** A constant that the key encrypted: tells it from another key of the same id. */
  proof: string;
  first_used_at: number;
}

/** Erasures of people. A finished one names nobody. */
export interface ErasuresTable {
  erasure_id: string;
  /** Null once it is finished, or if nobody was found. */
  conversation: string | null;
  /** Meta's confirmation code; several people may share one. Null: an operator asked for it. */
  code: string | null;
  /** The operator's name. Null: Meta asked for it. */
  requested_by: string | null;
  requested_at: number;
  /**
   * `requested`: nothing is erased yet. `begun`: the person's events wait in the inbox, and rows and runs are being erased. `cut`: the
   * person is gone and may begin anew; logs still name them. `finished`. `not_found`: there was nobody to erase.
   */
  stage: 'requested' | 'begun' | 'cut' | 'finished' | 'not_found';
  /** Events up to this inbox id are erased; later ones begin anew. Null before `begun`, and in the end. */
  inbox_until: number | null;
  /** Rows of the change log and of the operator log up to these ids are of the erased person. Null before `cut`, and in the end. */
  changes_until: number | null;
  log_until: number | null;
  finished_at: number | null;
  /** The process that alone carries it out `until` then. */
  holder: string | null;
  until: Generated<number>;
}
