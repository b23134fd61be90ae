import type { Generated } from 'kysely';

/**
 * The tables, the same on SQLite and PostgreSQL.
 * Times are epoch ms; `…_json` columns hold JSON text; ids of Meta are text.
 */
export interface Tables {
  inbox: InboxTable;
  claims: ClaimsTable;
  contacts: ContactsTable;
  sends: SendsTable;
  messages: MessagesTable;
  leads: LeadsTable;
  pages: PagesTable;
  budgets: BudgetsTable;
  attachments: AttachmentsTable;
  snapshots: SnapshotsTable;
  funnel_steps: FunnelStepsTable;
  pulse: PulseTable;
}

/** Every event that was acknowledged, and how far it got. */
export interface InboxTable {
  id: Generated<number>;
  /** Unique: the same event is kept once, however often it is delivered. */
  dedupe_key: string;
  page_id: string;
  conversation: string | null;
  kind: string;
  /** When it happened, by Meta. */
  at: number;
  received_at: number;
  event_json: string;
  /** The item as Meta sent it. */
  raw_json: string;
  /**
   * `pending`: a workflow must still hear of it. `dispatched`: it has. `stored`: no workflow needs it.
   * `dead`: the engine refused it for good.
   */
  status: 'pending' | 'dispatched' | 'stored' | 'dead';
  /** Why it is `dead`, or why a `stored` one is of no use. */
  reason: string | null;
  /** The message whose content this event carries, where its author can unsend it; a hash if it is long. */
  mid: string | null;
}

/** Which api process is dispatching a conversation at the moment, so that two never do at once. */
export interface ClaimsTable {
  conversation: string;
  holder: string;
  until: number;
}

/** A person on a Page: when they opened the window, how far they have read. */
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
  /** They clicked on an ad in a thread that was there, and have not written since. */
  ad_clicked_at: number | null;
  /** Meta said then that they cannot get messages. Cleared by what they do next. */
  unavailable_since: number | null;
  /** Their last "stop" and "start". */
  opted_out_at: number | null;
  opted_in_at: number | null;
  /** The app that answers in the thread; `idle`, or `other` for an app without a name. */
  thread_owner: string | null;
  thread_owner_since: number | null;
  delivered_until: number | null;
  read_until: number | null;
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
  time_zone: string | null;
  /** When Meta is to be asked who they are. Null: it never was. */
  profile_due_at: number | null;
  /** A JSON list of texts: what the bot's plugins and sequences know them by. Null: never tagged. */
  tags: string | null;
}

/** The ledger: everything that was to be said, written down before Meta is called. */
export interface SendsTable {
  send_id: string;
  conversation: string;
  author: string;
  purpose: string;
  guarantee: string;
  message_json: string;
  /**
   * `calling`: handed to Meta, no answer recorded. `waiting`: certainly not taken, to be tried again.
   * `doubtful`: perhaps taken. The others are final.
   */
  status: 'calling' | 'waiting' | 'doubtful' | 'sent' | 'refused' | 'failed' | 'unknown';
  /** The refusal's reason or the failure's code. */
  code: string | null;
  message_id: string | null;
  attempts: number;
  created_at: number;
  doubtful_since: number | null;
  settled_at: number | null;
}

/** The transcript. */
export interface MessagesTable {
  page_id: string;
  mid: string;
  conversation: string;
  author: 'person' | 'bot' | 'human' | 'other_app';
  text: string | null;
  at: number;
  edited_at: number | null;
  deleted_at: number | null;
  /** Ours: the ledger row behind it. */
  send_id: string | null;
  /** What came with it: `[{ type, url }]`. Meta's addresses are signed and expire. */
  attachments_json: string | null;
}

/** What is known of a Page besides its settings. */
export interface PagesTable {
  page_id: string;
  /** Why nothing is sent for it at the moment. */
  hold: 'token_invalid' | 'restricted' | null;
  /** Meta's code, or `policy_enforcement`. */
  hold_code: string | null;
  held_since: number | null;
  /** From then on one send may try whether the hold is over. */
  probe_at: number | null;
  probes: number;
  /** The last policy enforcement notice: `warning`, `block`, `unblock`. */
  notice: string | null;
  notice_at: number | null;
}

/** How far ahead the turns of a Page's rate limit are given away, in microseconds since 1970. */
export interface BudgetsTable {
  page_id: string;
  lane: 'messages' | 'media';
  next_at_us: number;
}

/** Files that Meta keeps for a Page. */
export interface AttachmentsTable {
  page_id: string;
  /** What the file is: a hash of its bytes, or its address. */
  content_key: string;
  attachment_id: string;
  uploaded_at: number;
}

export interface LeadsTable {
  lead_id: string;
  conversation: string;
  form: string;
  fields_json: string;
  at: number;
  /** Which words the person was told or agreed to, and when: `{ text, at, given }`. */
  consent_json: string | null;
  /** To the webhook of whoever wants leads. `given_up`: nobody tries any more. */
  delivery: Generated<'pending' | 'delivered' | 'given_up'>;
  attempts: Generated<number>;
  /** When somebody may try next, by the real time; ahead while somebody is at it. */
  due_at: Generated<number>;
  first_tried_at: number | null;
  /** Why the last attempt did not succeed. */
  trouble: string | null;
}

/** The state of a conversation that is closed, until the person writes again. */
export interface SnapshotsTable {
  conversation: string;
  state_json: string;
  saved_at: number;
}

/** The first time that a person reached a step of a funnel. */
export interface FunnelStepsTable {
  conversation: string;
  funnel: string;
  step: string;
  at: number;
}

/** One row, written again to see whether anything can be written. */
export interface PulseTable {
  id: number;
  at: number;
}
