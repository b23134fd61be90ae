import { describe, expect, test } from 'vitest';
import { PAGE, START } from '../support/events.ts';
import { anEmptyStore, targets } from './targets.ts';

const OTHER_PAGE = '104857600999888';
const MINUTE = 60_000;

describe.each(targets)('uploaded attachments on $name', (target) => {
  const DAY = 24 * 60 * MINUTE;

  test('are found by Page and content for 89 days, until Meta no longer knows them', async () => {
    const { store } = await anEmptyStore(target);
    await store.attachments.save(PAGE, 'sha256:menu', '741100223344556', START);

    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 88 * DAY)).toBe('741100223344556');
    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 89 * DAY)).toBeUndefined();
    expect(await store.attachments.find(OTHER_PAGE, 'sha256:menu', START)).toBeUndefined();
    await store.attachments.save(PAGE, 'sha256:menu', '741100223344557', START + 89 * DAY);
    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 90 * DAY)).toBe('741100223344557');
    await store.attachments.forget(PAGE, '741100223344557');
    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 90 * DAY)).toBeUndefined();
  });
});
