import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorDatabase } from './database.ts';
import { sampleEmail, samplePerson, samplePhone, samplePsid } from './sample-people.ts';

/** A simulated person. All times are epoch ms by the person's own clock. */
export interface Person {
  readonly psid: string;
  /** The Page that this PSID belongs to: people have another PSID with every Page. */
  readonly pageId: string;
  readonly firstName: string;
  readonly lastName: string;
  /** `pt_PT` */
  readonly locale: string;
  /** Hours from UTC, as in Meta's profile. */
  readonly timezone: number;
  readonly email: string;
  readonly phone: string;
  /** How far the person's clock is ahead of the real time. */
  readonly clockAheadMs: number;
  /** The last action that opened the messaging window; missing when there was none. */
  readonly windowOpenedAt?: number;
  /** The ad that brought the person here, until the first message after it. */
  readonly adClicked?: AdClick;
  /** The time of the first message after an ad. */
  readonly adWindowOpenedAt?: number;
  /** The last `mark_seen` of the Page. */
  readonly pageSeenAt?: number;
  readonly isBlocking: boolean;
  /** The error number with which Meta refuses messages to this person, who has not blocked the Page. */
  readonly unavailable?: string;
}

/** A click on a click-to-message ad. */
export interface AdClick {
  readonly ref: string;
  readonly adId: string;
}

/** The properties of a new person that may be chosen; the rest is invented. */
export type NewPerson = Partial<Pick<Person, 'psid' | 'pageId' | 'firstName' | 'lastName' | 'locale' | 'timezone'>>;

/** Everybody, on all Pages. */
export interface People {
  add(profile?: NewPerson): Person;
  find(psid: string): Person | undefined;
  /** Finds a person; throws `person_unknown`. */
  get(psid: string): Person;
  all(): Person[];
  /** Removes a person with everything of theirs. Nobody gets the same PSID by itself again: the bot may know it. */
  remove(psid: string): void;
  /** How many people ever opened the messaging window of this Page. */
  countEngaged(pageId: string): number;
  moveClock(psid: string, ms: number): void;
  openWindow(psid: string, at: number): void;
  clickAd(psid: string, ad: AdClick): void;
  /** The first message after the ad, which uses up the click. */
  openAdWindow(psid: string, at: number): void;
  markSeenByPage(psid: string, at: number): void;
  setUnavailable(psid: string, number: string): void;
  block(psid: string): void;
  unblock(psid: string): void;
}

interface PersonRow {
  readonly position: number;
  readonly psid: string;
  readonly page_id: string | null;
  readonly first_name: string;
  readonly last_name: string;
  readonly locale: string;
  readonly timezone: number;
  readonly email: string;
  readonly phone: string;
  readonly clock_ahead_ms: number;
  readonly window_opened_at: number | null;
  readonly ad_clicked: string | null;
  readonly ad_window_opened_at: number | null;
  readonly page_seen_at: number | null;
  readonly is_blocking: number;
  readonly unavailable: string | null;
}

/** Tables with rows of one person. */
const TABLES_OF_PERSON = ['messages', 'sends', 'webhooks', 'comments', 'thread_control', 'people'];

/** `mainPageId` is the Page of people who were added without one. */
export function createPeople(database: SimulatorDatabase, mainPageId: string): People {
  const one = database.prepare<PersonRow>('SELECT * FROM people WHERE psid = ?');
  const every = database.prepare<PersonRow>('SELECT * FROM people ORDER BY position');
  const last = database.prepare<{ position: number | null }>('SELECT max(position) AS position FROM people');
  const insert = database.prepare(
    'INSERT INTO people (position, psid, page_id, first_name, last_name, locale, timezone, email, phone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const engaged = database.prepare<{ count: number }>(
    'SELECT count(*) AS count FROM people WHERE window_opened_at IS NOT NULL AND coalesce(page_id, ?) = ?',
  );
  const wasHere = database.prepare<{ psid: string }>('SELECT psid FROM former_people WHERE psid = ?');
  const noteFormer = database.prepare('INSERT OR IGNORE INTO former_people (psid) VALUES (?)');
  const removals = TABLES_OF_PERSON.map((table) => database.prepare(`DELETE FROM ${table} WHERE psid = ?`));
  const clock = database.prepare('UPDATE people SET clock_ahead_ms = clock_ahead_ms + ? WHERE psid = ?');
  const window = database.prepare('UPDATE people SET window_opened_at = ?, unavailable = NULL WHERE psid = ?');
  const adClick = database.prepare('UPDATE people SET ad_clicked = ? WHERE psid = ?');
  const adWindow = database.prepare('UPDATE people SET ad_clicked = NULL, ad_window_opened_at = ? WHERE psid = ?');
  const seen = database.prepare('UPDATE people SET page_seen_at = ? WHERE psid = ?');
  const unavailable = database.prepare('UPDATE people SET unavailable = ? WHERE psid = ?');
  const blocking = database.prepare('UPDATE people SET is_blocking = ? WHERE psid = ?');

  function find(psid: string): Person | undefined {
    const row = one.get(psid);
    return row && toPerson(row, mainPageId);
  }

  function get(psid: string): Person {
    const person = find(psid);
    if (!person) throw new SimulatorError('person_unknown', `Nobody here has the PSID ${psid}. Add the person first.`);
    return person;
  }

  /** The sample PSID of this position, or the next that nobody has or had. */
  function freePsid(position: number): string {
    const psid = samplePsid(position);
    return find(psid) || wasHere.get(psid) ? freePsid(position + 1) : psid;
  }

  function add(profile: NewPerson = {}): Person {
    let position = (last.get()?.position ?? -1) + 1;
    while (find(samplePsid(position))) position += 1;
    const psid = profile.psid ?? freePsid(position);
    if (find(psid)) throw new SimulatorError('bad_input', `There is already a person with the PSID ${psid}.`);
    const model = samplePerson(position);
    const firstName = profile.firstName ?? model.firstName;
    const lastName = profile.lastName ?? (profile.firstName === undefined ? model.lastName : '');
    insert.run(
      position,
      psid,
      profile.pageId ?? mainPageId,
      firstName,
      lastName,
      profile.locale ?? model.locale,
      profile.timezone ?? model.timezone,
      sampleEmail(firstName, lastName),
      samplePhone(position),
    );
    return get(psid);
  }

  return {
    add,
    find,
    get,
    all: () => every.all().map((row) => toPerson(row, mainPageId)),
    remove: (psid) =>
      database.transaction(() => {
        noteFormer.run(psid);
        for (const removal of removals) removal.run(psid);
      }),
    countEngaged: (pageId) => engaged.get(mainPageId, pageId)?.count ?? 0,
    moveClock: (psid, ms) => clock.run(ms, psid),
    openWindow: (psid, at) => window.run(at, psid),
    clickAd: (psid, ad) => adClick.run(JSON.stringify(ad), psid),
    openAdWindow: (psid, at) => adWindow.run(at, psid),
    markSeenByPage: (psid, at) => seen.run(at, psid),
    setUnavailable: (psid, number) => unavailable.run(number, psid),
    block: (psid) => blocking.run(1, psid),
    unblock: (psid) => blocking.run(0, psid),
  };
}

function toPerson(row: PersonRow, mainPageId: string): Person {
  return {
    psid: row.psid,
    pageId: row.page_id ?? mainPageId,
    firstName: row.first_name,
    lastName: row.last_name,
    locale: row.locale,
    timezone: row.timezone,
    email: row.email,
    phone: row.phone,
    clockAheadMs: row.clock_ahead_ms,
    ...(row.window_opened_at !== null && { windowOpenedAt: row.window_opened_at }),
    ...(row.ad_clicked !== null && { adClicked: JSON.parse(row.ad_clicked) as AdClick }),
    ...(row.ad_window_opened_at !== null && { adWindowOpenedAt: row.ad_window_opened_at }),
    ...(row.page_seen_at !== null && { pageSeenAt: row.page_seen_at }),
    isBlocking: row.is_blocking === 1,
    ...(row.unavailable !== null && { unavailable: row.unavailable }),
  };
}
