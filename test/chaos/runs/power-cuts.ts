import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { createDispatcher } from '../../../src/api/dispatch/dispatcher.ts';
import { createMetrics } from '../../../src/api/metrics.ts';
import { decodeWebhook } from '../../../src/api/webhook/decode/index.ts';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import { turnSendId, type SendId } from '../../../src/domain/send-id.ts';
import type { InboxItem } from '../../../src/messenger/inbound/inbox-item.ts';
import { openStoreDatabase } from '../../../src/store/db/database.ts';
import { openStore, type Store } from '../../../src/store/index.ts';
import type { NewSend } from '../../../src/store/ledger/index.ts';
import { aText, webhookBody } from '../../support/events.ts';
import { allow } from '../../support/verdicts.ts';
import { randomFrom, watchDisk, type DiskMoment, type Random, type WatchedDisk } from '../support/watched-disk.ts';

export interface PowerCutOptions {
  readonly cuts: number;
  /** Left out: random, and part of the report. */
  readonly seed?: number;
  readonly onLife?: (cuts: number) => void;
}

/** What became of promises that were made before a power cut; summed over all cuts, so one promise counts often. */
export interface PowerCutReport {
  readonly seed: number;
  readonly cuts: number;
  readonly moments: Partial<Record<DiskMoment, number>>;
  /** Promises: acknowledged events, deliveries to Temporal, calls of Meta, leads that the plugin was told are saved. */
  readonly promises: number;
  readonly damagedFiles: number;
  readonly lostEvents: number;
  /** Inbox ids that were delivered, and belong to no event or another one. */
  readonly reusedIds: number;
  /** Sends for which Meta was called, without a record, or with a second permit to call. */
  readonly lostSends: number;
  readonly lostLeads: number;
  /** In the lives that went on from a cut: what was never delivered, and what Meta was called for twice. */
  readonly neverDelivered: number;
  readonly calledTwice: number;
  /** Deliveries that were repeated because their mark was lost. The workflow knows their inbox ids. */
  readonly deliveredAgain: number;
}

/** What others know: Meta, Temporal, the plugin. It survives a power cut here. */
interface Promised {
  /** Dedupe keys. */
  readonly events: Set<string>;
  /** Dedupe keys by inbox id. */
  readonly deliveries: Map<number, string>;
  readonly turns: Map<number, ConversationId>;
  /** Number of calls by send id. */
  readonly calls: Map<SendId, number>;
  readonly leads: Set<string>;
}

interface CutImage {
  readonly folder: string;
  readonly moment: DiskMoment;
  readonly promised: Promised;
}

type BrokenPromises = Record<'damagedFiles' | 'lostEvents' | 'reusedIds' | 'lostSends' | 'lostLeads', number>;

const NOTHING_BROKEN: Readonly<BrokenPromises> = {
  damagedFiles: 0,
  lostEvents: 0,
  reusedIds: 0,
  lostSends: 0,
  lostLeads: 0,
};

const PEOPLE = 8;
const PSID = 6_120_459_871_230_045;
const CUTS_PER_LIFE = 12;
/** Long enough that the log reaches the size of a checkpoint soon. */
const LETTER = 'Do you have the blue mug as well? '.repeat(40);
const CHANCE: Record<DiskMoment, number> = {
  'before a flush': 0.1,
  'after a flush': 0.1,
  'after a commit': 0.02,
  'during a checkpoint': 0.7,
};

/**
 * Cuts the power at random moments, hundreds of times. Most cuts are only copies of the files as a power cut would leave
 * them: each copy is opened and compared with what was promised until then. After some copies the next life goes on from
 * the last one, with what Meta and Temporal knew at that moment.
 */
export async function cutPower({ cuts, seed = Date.now(), onLife }: PowerCutOptions): Promise<PowerCutReport> {
  const random = randomFrom(seed);
  const base = mkdtempSync(join(tmpdir(), 'everthread-power-'));
  const found: BrokenPromises = { ...NOTHING_BROKEN };
  const moments: Partial<Record<DiskMoment, number>> = {};
  let promises = 0;
  let deliveredAgain = 0;
  let folder = join(base, 'start');
  let promised: Promised = {
    events: new Set(),
    deliveries: new Map(),
    turns: new Map(),
    calls: new Map(),
    leads: new Set(),
  };
  await (await openStore(`file:${join(folder, 'store.db')}`)).close();
  try {
    for (let done = 0; done < cuts;) {
      const life = await live({ folder, promised, random, number: done, cuts: Math.min(CUTS_PER_LIFE, cuts - done) });
      deliveredAgain += life.deliveredAgain;
      for (const image of life.images) {
        moments[image.moment] = (moments[image.moment] ?? 0) + 1;
        promises += count(image.promised);
        const broken = await inspect(image);
        addUp(found, broken);
      }
      done += life.images.length;
      onLife?.(done);
      rmSync(folder, { recursive: true });
      const last = life.images.at(-1);
      for (const image of life.images.slice(0, -1)) rmSync(image.folder, { recursive: true });
      if (last) ({ folder, promised } = last);
    }
    const end = await live({ folder, promised, random, number: cuts, cuts: 0 });
    deliveredAgain += end.deliveredAgain;
    const delivered = new Set(promised.deliveries.values());
    const neverDelivered = [...promised.events].filter((key) => !delivered.has(key)).length;
    const calledTwice = [...promised.calls.values()].filter((calls) => calls > 1).length;
    return { seed, cuts, moments, promises, ...found, neverDelivered, calledTwice, deliveredAgain };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Whether no cut broke anything. */
export function isEveryPromiseKept({ promises, ...report }: PowerCutReport): boolean {
  const { damagedFiles, lostEvents, reusedIds, lostSends, lostLeads, neverDelivered, calledTwice } = report;
  const broken = damagedFiles + lostEvents + reusedIds + lostSends + lostLeads + neverDelivered + calledTwice;
  return promises > 0 && broken === 0;
}

interface Life {
  readonly folder: string;
  readonly promised: Promised;
  readonly random: Random;
  /** Other people than before write: the dead owner still has the leases of those who wrote. */
  readonly number: number;
  /** 0: nobody writes any more, and the life ends when everything is delivered. */
  readonly cuts: number;
}

/** One process on one machine, as far as the store and the dispatcher go. Changes `promised`. */
async function live({ folder, promised, random, number, cuts }: Life) {
  const file = join(folder, 'store.db');
  const images: CutImage[] = [];
  const disk: WatchedDisk = watchDisk(file, random, (moment) => {
    if (images.length >= cuts || random() > CHANCE[moment]) return;
    const image = join(folder, '..', `cut-${String(Math.floor(random() * 2 ** 32))}`);
    disk.cut(image);
    images.push({ folder: image, moment, promised: copy(promised) });
  });
  const store = await openStore(`file:${file}`);
  const log = pino({ level: 'silent' });
  let deliveredAgain = 0;
  const turns = [...promised.turns].map(([inboxId, conversation]) => takeTurn(store, promised, inboxId, conversation));
  const conversationClient = {
    async deliver(conversation: ConversationId, items: readonly InboxItem[]) {
      for (const { inboxId, event } of items) {
        if (promised.deliveries.has(inboxId)) deliveredAgain += 1;
        else turns.push(takeTurn(store, promised, inboxId, conversation));
        promised.deliveries.set(inboxId, event.dedupeKey);
        promised.turns.set(inboxId, conversation);
      }
      await new Promise(setImmediate);
    },
  };
  const dispatcher = createDispatcher({ inbox: store.inbox, conversationClient, metrics: createMetrics(store), log });

  async function write(person: number): Promise<void> {
    while (images.length < cuts) {
      const psid = String(PSID + number * PEOPLE + person);
      const events = decodeWebhook(webhookBody(aText(LETTER, { psid, at: Date.now() }))) ?? [];
      const reservation = dispatcher.reserve();
      reservation.dispatch(await store.inbox.record(events, Date.now(), reservation.offerLease));
      for (const { event } of events) promised.events.add(event.dedupeKey);
      if (random() < 0.3) await delay(random() * 15);
    }
  }

  await Promise.all(Array.from({ length: PEOPLE }, (_, person) => write(person)));
  // The last life has to wait until the leases of dead owners expire.
  while (cuts === 0 && (await store.inbox.backlog()).pending > 0) await delay(20);
  await dispatcher.stop();
  for (let ended = -1; ended < turns.length;) {
    ended = turns.length;
    await Promise.all(turns);
  }
  disk.stop();
  await store.close();
  return { images, deliveredAgain };
}

/** What the workflow of an event does: a lead at times, and one send. Another run of the same turn asks for the same send. */
async function takeTurn(
  store: Store,
  promised: Promised,
  inboxId: number,
  conversation: ConversationId,
): Promise<void> {
  const send = sendOf(inboxId, conversation);
  if (inboxId % 3 === 0) {
    const leadId = `${send.sendId}/lead`;
    await store.leads.save({ leadId, conversation, form: 'contact', fields: {}, at: Date.now() });
    promised.leads.add(leadId);
  }
  const { permit } = await store.ledger.open(send, allow, Date.now());
  if (!permit) return;
  promised.calls.set(send.sendId, (promised.calls.get(send.sendId) ?? 0) + 1);
  await new Promise(setImmediate);
  await store.ledger.confirm(send, `m_${inboxId}`, Date.now());
  promised.turns.delete(inboxId);
}

function sendOf(inboxId: number, conversation: ConversationId): NewSend {
  return {
    sendId: turnSendId(conversation, `i${inboxId}`, 0),
    conversation,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: 'Yes, we have.' },
  };
}

/** Opens the files of a cut as the next process would, and looks for every promise. */
async function inspect({ folder, promised }: CutImage): Promise<BrokenPromises> {
  const broken: BrokenPromises = { ...NOTHING_BROKEN };
  // Inspect a copy: the next life goes on from the files as the cut left them.
  cpSync(folder, `${folder}-copy`, { recursive: true });
  const copied = `file:${join(`${folder}-copy`, 'store.db')}`;
  try {
    const { db, close } = await openStoreDatabase(copied);
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
    if (rows[0]?.integrity_check !== 'ok') broken.damagedFiles += 1;
    const inbox = await db.selectFrom('inbox').select(['id', 'dedupe_key']).execute();
    const keys = new Map(inbox.map(({ id, dedupe_key }) => [id, dedupe_key]));
    const sends = new Set((await db.selectFrom('sends').select('send_id').execute()).map((row) => row.send_id));
    const leads = new Set((await db.selectFrom('leads').select('lead_id').execute()).map((row) => row.lead_id));
    const stored = new Set(keys.values());
    broken.lostEvents = [...promised.events].filter((key) => !stored.has(key)).length;
    broken.reusedIds = [...promised.deliveries].filter(([id, key]) => keys.get(id) !== key).length;
    broken.lostSends = [...promised.calls.keys()].filter((sendId) => !sends.has(sendId)).length;
    broken.lostLeads = [...promised.leads].filter((leadId) => !leads.has(leadId)).length;
    await close();
  } catch {
    broken.damagedFiles += 1;
  }
  rmSync(`${folder}-copy`, { recursive: true });
  return broken;
}

function addUp(sum: BrokenPromises, broken: BrokenPromises): void {
  for (const name of Object.keys(sum) as (keyof BrokenPromises)[]) sum[name] += broken[name];
}

function copy({ events, deliveries, turns, calls, leads }: Promised): Promised {
  return {
    events: new Set(events),
    deliveries: new Map(deliveries),
    turns: new Map(turns),
    calls: new Map(calls),
    leads: new Set(leads),
  };
}

function count({ events, deliveries, calls, leads }: Promised): number {
  return events.size + deliveries.size + calls.size + leads.size;
}
