import { describe, expect, test } from 'vitest';
import {
  ANA,
  aPostback,
  aReferral,
  aText,
  aThreadControl,
  aPolicyNotice,
  anAdMessage,
  standbyBody,
  OUR_APP,
  PAGE,
  PAGE_INBOX_APP,
  START,
  webhookBody,
} from '../support/events.ts';
import { anEmptyStore, delivered, targets, type Target } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A store that records bodies, and what it knows of Ana then. */
async function anEar(target: Target) {
  const { store } = await anEmptyStore(target);
  return {
    store,
    hears: (...bodies: object[]) => hearAll(bodies),
    ana: async () => (await store.contacts.find(ANAS)) ?? {},
  };
  async function hearAll(bodies: object[]): Promise<void> {
    for (const body of bodies) await store.inbox.record(delivered(body), START);
  }
}

describe.each(targets)('send eligibility on $name', (target) => {
  test('"stop" opts out and "start" in again, and the later of the two counts', async () => {
    const { hears, ana } = await anEar(target);
    await hears(webhookBody(aText('STOP!', { at: START })));
    expect(await ana()).toMatchObject({ optedOutAt: START });
    await hears(webhookBody(aText('start', { at: START + MINUTE })));
    expect(await ana()).not.toHaveProperty('optedOutAt');
    // A late one changes nothing.
    await hears(webhookBody(aText('Stopp', { at: START + 1 })));
    expect(await ana()).not.toHaveProperty('optedOutAt');
    await hears(webhookBody(aText('отписаться', { at: START + 2 * MINUTE })));
    expect(await ana()).toMatchObject({ optedOutAt: START + 2 * MINUTE });
  });

  test('opt signals in words that only the bot knows count too, and late ones change nothing', async () => {
    const { store, hears, ana } = await anEar(target);
    await hears(webhookBody(aText('leave me alone', { at: START })));
    await store.eligibility.recordOptSignal(ANAS, 'stop', START);
    expect(await ana()).toMatchObject({ optedOutAt: START });
    await hears(webhookBody(aText('start', { at: START + MINUTE })));
    await store.eligibility.recordOptSignal(ANAS, 'stop', START + 1);
    expect(await ana()).not.toHaveProperty('optedOutAt');
    await store.eligibility.recordOptSignal(ANAS, 'stop', START + 2 * MINUTE);
    await store.eligibility.recordOptSignal(ANAS, 'start', START + 3 * MINUTE);
    expect(await ana()).not.toHaveProperty('optedOutAt');
  });

  test('a person who cannot be reached can be again after their next action', async () => {
    const { store, hears, ana } = await anEar(target);
    await hears(webhookBody(aText('hi', { at: START })));
    await store.eligibility.markUnavailable(ANAS, START + MINUTE);
    expect(await ana()).toMatchObject({ unavailableSince: START + MINUTE });
    await hears(webhookBody(aPostback('PRICES', { at: START + 2 * MINUTE })));
    expect(await ana()).not.toHaveProperty('unavailableSince');
  });

  test('what the person did before Meta said so does not make them available again, however late it is delivered', async () => {
    const { store, hears, ana } = await anEar(target);
    await hears(webhookBody(aText('hi', { at: START })));
    await store.eligibility.markUnavailable(ANAS, START + MINUTE);
    await hears(
      webhookBody(aText('an older one', { at: START + MINUTE - 1 })),
      webhookBody(aPostback('PRICES', { at: START + 1 })),
      standbyBody(aText('in standby', { at: START + 2 })),
    );
    expect(await ana()).toMatchObject({ unavailableSince: START + MINUTE, windowOpenedAt: START + MINUTE - 1 });
    await hears(webhookBody(aText('I am back', { at: START + MINUTE })));
    expect(await ana()).not.toHaveProperty('unavailableSince');
  });

  test("an answer of Meta's from before the person's last action says nothing of them any more", async () => {
    const { store, hears, ana } = await anEar(target);
    await hears(webhookBody(aText('start', { at: START + MINUTE })));
    await store.eligibility.markUnavailable(ANAS, START);
    await store.eligibility.markOptedOut(ANAS, START);
    expect(await ana()).not.toHaveProperty('unavailableSince');
    expect(await ana()).not.toHaveProperty('optedOutAt');
    await hears(webhookBody(aText('stop', { at: START + 2 * MINUTE })));
    await store.eligibility.markOptedOut(ANAS, START + MINUTE);
    expect(await ana()).toMatchObject({ optedOutAt: START + 2 * MINUTE });
  });

  test('nor of the owner of the thread, unless the two clocks may explain it', async () => {
    const { store, hears, ana } = await anEar(target);
    await hears(webhookBody(aThreadControl('take', PAGE_INBOX_APP, { at: START + MINUTE })));
    await store.eligibility.markOwner(ANAS, 'idle', START);
    await store.eligibility.markOwnedByOther(ANAS, START);
    expect(await ana()).toMatchObject({ threadOwner: { appId: PAGE_INBOX_APP, since: START + MINUTE } });
    await store.eligibility.markOwner(ANAS, 'idle', START + MINUTE - 1500);
    expect(await ana()).toMatchObject({ threadOwner: { appId: 'idle', since: START + MINUTE } });
  });

  test("a late message from an older ad, or before a click on one, never moves the ad's window back", async () => {
    const { hears, ana } = await anEar(target);
    await hears(webhookBody(anAdMessage('is this still there?', { at: START + DAY })));
    await hears(webhookBody(anAdMessage('hello?', { at: START })));
    expect(await ana()).toMatchObject({ windowOpenedAt: START + DAY, windowMayLastUntil: START + 8 * DAY });
    await hears(
      webhookBody(aReferral('spring', { at: START + 2 * DAY, source: 'ADS' })),
      webhookBody(anAdMessage('late', { at: START + 3 * DAY })),
      webhookBody(aReferral('spring', { at: START + 4 * DAY, source: 'ADS' })),
      webhookBody(anAdMessage('later', { at: START + 1 })),
    );
    expect(await ana()).toMatchObject({ windowMayLastUntil: START + 10 * DAY });
  });

  test('a message from an ad may open the window for seven days; the next one keeps that', async () => {
    const { hears, ana } = await anEar(target);
    await hears(webhookBody(anAdMessage('is this still there?', { at: START })));
    expect(await ana()).toMatchObject({ windowOpenedAt: START, windowMayLastUntil: START + 7 * DAY });
    await hears(webhookBody(aText('hello?', { at: START + MINUTE })));
    expect(await ana()).toMatchObject({ windowOpenedAt: START + MINUTE, windowMayLastUntil: START + 7 * DAY });
  });

  test('an ad without a source, as in Europe and Japan, is an ad all the same', async () => {
    const { hears, ana } = await anEar(target);
    const click = {
      ...aReferral('spring', { at: START + DAY }),
      referral: { ref: 'spring', ad_id: '64', type: 'OPEN_THREAD' },
    };
    await hears(webhookBody(aText('hi', { at: START })), webhookBody(click));
    expect(await ana()).toMatchObject({ windowOpenedAt: START });
    await hears(webhookBody(aText('and now?', { at: START + 2 * DAY })));
    expect(await ana()).toMatchObject({ windowOpenedAt: START + 2 * DAY, windowMayLastUntil: START + 9 * DAY });
  });

  test('a click on an ad that arrives after its message opens nothing later', async () => {
    const { hears, ana } = await anEar(target);
    await hears(
      webhookBody(aText('is this still there?', { at: START + MINUTE })),
      webhookBody(aReferral('spring', { at: START, source: 'ADS' })),
      webhookBody(aText('hello?', { at: START + 3 * DAY })),
    );
    expect(await ana()).toMatchObject({ windowOpenedAt: START + 3 * DAY });
    expect(await ana()).not.toHaveProperty('windowMayLastUntil');
  });

  test('a click on an ad in an existing thread opens nothing; the first message after it does', async () => {
    const { hears, ana } = await anEar(target);
    await hears(
      webhookBody(aText('hi', { at: START })),
      webhookBody(aReferral('spring', { at: START + DAY, source: 'ADS' })),
    );
    expect(await ana()).toMatchObject({ windowOpenedAt: START });
    expect(await ana()).not.toHaveProperty('windowMayLastUntil');
    await hears(webhookBody(aText('and now?', { at: START + 2 * DAY })));
    expect(await ana()).toMatchObject({ windowOpenedAt: START + 2 * DAY, windowMayLastUntil: START + 9 * DAY });
    await hears(webhookBody(aText('hm', { at: START + 3 * DAY })));
    expect(await ana()).toMatchObject({ windowMayLastUntil: START + 9 * DAY });
  });

  test('the thread owner is known from thread control, from standby, and from events that come to us', async () => {
    const { hears, ana } = await anEar(target);
    await hears(
      webhookBody(aText('hi', { at: START })),
      webhookBody(aThreadControl('take', PAGE_INBOX_APP, { at: START + 1 })),
    );
    expect(await ana()).toMatchObject({ threadOwner: { appId: PAGE_INBOX_APP, since: START + 1 } });
    await hears(webhookBody(aThreadControl('pass', OUR_APP, { at: START + 2 })));
    expect(await ana()).toMatchObject({ threadOwner: { appId: OUR_APP, since: START + 2 } });
    await hears(standbyBody(aText('psst', { at: START + 3 })));
    expect(await ana()).toMatchObject({ threadOwner: { appId: 'other', since: START + 3 } });
    await hears(webhookBody(aText('hello bot', { at: START + 4 })));
    expect(await ana()).not.toHaveProperty('threadOwner');
    // Older than the known owner.
    await hears(webhookBody(aThreadControl('take', PAGE_INBOX_APP, { at: START + 2 })));
    expect(await ana()).not.toHaveProperty('threadOwner');
  });

  test('an app that Meta does not name owns the thread until it comes back', async () => {
    const { store, hears, ana } = await anEar(target);
    await hears(webhookBody(aText('hi', { at: START })));
    await store.eligibility.markOwnedByOther(ANAS, START + 1);
    expect(await ana()).toMatchObject({ threadOwner: { appId: 'other', since: START + 1 } });
    await hears(webhookBody(aText('hello bot', { at: START + 2 })));
    expect(await ana()).not.toHaveProperty('threadOwner');
  });

  test("Meta's notices open and close the breaker of a Page; a warning does neither", async () => {
    const { store, hears } = await anEar(target);
    await hears(webhookBody(aPolicyNotice('warning', { at: START })));
    expect(await store.circuitBreakers.listOpen()).toEqual(new Map());
    await hears(webhookBody(aPolicyNotice('block', { at: START + 2 })));
    expect((await store.circuitBreakers.listOpen()).get(PAGE)).toMatchObject({
      reason: 'restricted',
      code: 'policy_enforcement',
    });
    // A late one changes nothing.
    await hears(webhookBody(aPolicyNotice('unblock', { at: START + 1 })));
    expect((await store.circuitBreakers.listOpen()).size).toBe(1);
    await hears(webhookBody(aPolicyNotice('unblock', { at: START + 3 })));
    expect(await store.circuitBreakers.listOpen()).toEqual(new Map());
  });

  test("an `unblock` from before Meta's restriction does not close the breaker, however late it is delivered", async () => {
    const { store, hears } = await anEar(target);
    const open = () => store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '10/1893063', now: START });
    await open();
    await hears(webhookBody(aPolicyNotice('unblock', { at: START - 2 * MINUTE })));
    expect((await store.circuitBreakers.listOpen()).size).toBe(1);
    // The two clocks may differ by as much.
    await hears(webhookBody(aPolicyNotice('unblock', { at: START - 30_000 })));
    expect((await store.circuitBreakers.listOpen()).size).toBe(0);
    // A `block` that is delivered late began when Meta says so.
    await hears(webhookBody(aPolicyNotice('block', { at: START - 20_000 })));
    await hears(webhookBody(aPolicyNotice('unblock', { at: START - 10_000 })));
    expect((await store.circuitBreakers.listOpen()).size).toBe(0);
  });
});
