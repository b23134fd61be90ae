/** `everthread leads`: what people left in forms. */

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { linesOf } from '../../src/cli/commands/leads.ts';
import { openStore } from '../../src/store/index.ts';
import { ANA, PAGE, START } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const DAY_MS = 86_400_000;

async function aStoreWithLeads() {
  const cwd = temporaryFolder();
  const databaseUrl = `file:${join(cwd, 'store.db')}`;
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  const save = (place: number, form: string, fields: Record<string, string>) =>
    store.leads.save({ leadId: `l${place}`, conversation: ANAS, form, fields, at: START + place * DAY_MS });
  await save(0, 'booking', { name: 'Ana, "the first"', phone: '+351912345678' });
  await save(1, 'quote', { email: '=cmd()', constructor: '\u001b[2J' });
  await store.leads.save({
    leadId: 'l2',
    conversation: ANAS,
    form: 'booking',
    fields: { name: 'Rui' },
    consent: { text: 'We call you.', at: START, given: 'agreed' },
    at: START + 2 * DAY_MS,
  });
  return { store, cwd, databaseUrl };
}

async function printed(...[format, leads, filter]: Parameters<typeof linesOf>): Promise<string> {
  let text = '';
  for await (const line of linesOf(format, leads, filter)) text += line;
  return text;
}

const day = (place: number) => new Date(START + place * DAY_MS).toISOString();

describe('formats', () => {
  test('CSV has every field as a column, and no cell that is a formula', async () => {
    const { store } = await aStoreWithLeads();
    expect((await printed('csv', store.leads, {})).split('\r\n')).toEqual([
      'id,form,at,page,person,name,phone,email,constructor,consent,consent given,consent at',
      `l0,booking,${day(0)},${PAGE},${ANA},"Ana, ""the first""",+351912345678,,,,,`,
      `l1,quote,${day(1)},${PAGE},${ANA},,,'=cmd(),\u001b[2J,,,`,
      `l2,booking,${day(2)},${PAGE},${ANA},Rui,,,,We call you.,agreed,${day(0)}`,
      '',
    ]);
  });

  test.each(['table', 'json'] as const)(
    '%s leaves nothing in a lead that moves the cursor or turns letters round',
    async (format) => {
      const { store } = await aStoreWithLeads();
      const fields = { ['name\u001b[2J\u202e']: 'Ana\u009b2J\u2067\u200b' };
      const evil = { conversation: ANAS, form: 'quote\u001b]0;x\u0007\u202e', fields, at: START };
      await store.leads.save({ ...evil, leadId: 'l9' });
      const text = await printed(format, store.leads, {});
      expect(text).toContain('2J');
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    },
  );

  test('JSON has one lead a line, as other systems get it', async () => {
    const { store } = await aStoreWithLeads();
    const lines = (await printed('json', store.leads, { form: 'booking' })).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { id: 'l0', form: 'booking', at: day(0), pageId: PAGE, psid: ANA, fields: { phone: '+351912345678' } },
      { id: 'l2', consent: { text: 'We call you.', given: 'agreed' } },
    ]);
  });

  test('the table escapes control characters', async () => {
    const { store } = await aStoreWithLeads();
    const text = await printed('table', store.leads, { since: START + DAY_MS });
    expect(text).toContain(`${day(1)}  quote  Page ${PAGE}, person ${ANA}\n`);
    expect(text).toContain('constructor: "\\u001b[2J"');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('Ana');
    await store.contacts.saveProfile(ANAS, { firstName: 'Ana', lastName: 'Sousa' }, START);
    expect(await printed('table', store.leads, { since: START + DAY_MS })).toContain(`person ${ANA} (Ana Sousa)\n`);
  });

  test('leads that arrive during the export do not break the columns', async () => {
    const { store } = await aStoreWithLeads();
    let text = '';
    for await (const line of linesOf('csv', store.leads, {})) {
      if (text === '')
        await store.leads.save({ leadId: 'l9', conversation: ANAS, form: 'new', fields: { new: 'x' }, at: START });
      text += line;
    }
    expect(
      new Set(
        text
          .trim()
          .split('\r\n')
          .map((line) => line.replace(/"[^"]*(""[^"]*)*"/g, '').split(',').length),
      ).size,
    ).toBe(1);
  });
});

test('the command prints the selected leads', async () => {
  const { cwd, databaseUrl } = await aStoreWithLeads();
  const options = { cwd, env: { DATABASE_URL: databaseUrl } };

  const csv = await runCli(['leads', '--format', 'csv', '--form', 'booking', '--since', '2026-01-01'], options);
  const wrong = await runCli(['leads', '--since', 'yesterday'], options);
  const none = await runCli(['leads', '--form', 'bookings'], options);

  expect(csv.code).toBe(0);
  expect(csv.output.trim().split('\r\n')).toHaveLength(3);
  expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('Write a day such as 2026-10-01') });
  expect(none).toMatchObject({ code: 0, output: expect.stringContaining('No lead matches. The store that was read') });
});
