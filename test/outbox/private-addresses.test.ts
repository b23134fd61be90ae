/** A destination has a private address, or a name that resolves to one. */

import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { OutboxRelayOptions } from '../../src/outbox/index.ts';
import { isAllowedAddress, isAllowedHost } from '../../src/outgoing-addresses.ts';
import { ANAS, aRelay, aStoreWith, LEAD, PATIENCE } from './a-relay.ts';
import { aReceiver } from './receiver.ts';

const REFUSED = 'its address is private, which OUTGOING_PRIVATE_ADDRESSES does not allow';

const PRIVATE = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '::FFFF:169.254.169.254',
  '::ffff:0:10.0.0.1',
  '0:0:0:0:0:ffff:c0a8:0101',
  '64:ff9b::10.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'no address',
];
const PUBLIC = ['1.1.1.1', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '193.0.0.1', '223.255.255.1'];
const PUBLIC_IPV6 = ['2606:4700::1111', '2a00:1450::1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1'];

test.each(PRIVATE)('%s is private', (address) => {
  expect(isAllowedAddress(address, 'refuse')).toBe(false);
  expect(isAllowedAddress(address, 'allow')).toBe(true);
});

test.each([...PUBLIC, ...PUBLIC_IPV6])('%s is public', (address) => {
  expect(isAllowedAddress(address, 'refuse')).toBe(true);
});

test('loopback allows this machine alone', () => {
  const allowed = PRIVATE.filter((address) => isAllowedAddress(address, 'loopback'));
  expect(allowed).toEqual(['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1']);
});

test('however an address of IPv4 is embedded, the answer is the same', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const isAllowed = isAllowedAddress(address, 'refuse');
      for (const prefix of ['::ffff:', '0:0:0:0:0:FFFF:', '64:ff9b::']) {
        expect(isAllowedAddress(`${prefix}${address}`, 'refuse')).toBe(isAllowed);
      }
      expect(isAllowedHost(new URL(`http://[::ffff:${address}]`).hostname, 'refuse')).toBe(isAllowed);
    }),
  );
});

test.each([
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://0/',
  'http://0xa9.254.0251.254/',
  'http://①②⑦.⓪.⓪.①/',
  'http://[0:0::7f00:1]/',
])('a URL that writes an address as %s names a private one', (url) => {
  expect(isAllowedHost(new URL(url).hostname, 'refuse')).toBe(false);
});

/** A name server that answers with the addresses in turn. */
function resolvesTo(...answers: readonly (readonly string[])[]): OutboxRelayOptions['lookup'] {
  let asked = 0;
  const lookup = (_name: string, _options: object, done: (error: null, found: readonly LookupAddress[]) => void) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    done(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return lookup as never;
}

/** A store with an event for a destination. */
async function anEventFor(url: URL) {
  const { store } = await aStoreWith({ url });
  await store.leads.save(LEAD);
  return store;
}

describe('an event is not posted to', () => {
  test.each([
    ['an IP address of this machine', undefined, undefined],
    ['a name of this machine', 'localhost', undefined],
    ['a name that resolves to a private address', 'crm.example', resolvesTo(['127.0.0.1'])],
    ['a name that resolves to it in IPv6', 'crm.example', resolvesTo(['::ffff:127.0.0.1', '::1'])],
  ])('%s', async (_, name, lookup) => {
    const { url, received } = await aReceiver();
    if (name !== undefined) url.hostname = name;
    const store = await anEventFor(url);
    const { relay, lines } = aRelay(store, { privateAddresses: 'refuse', ...(lookup && { lookup }) });
    await vi.waitUntil(() => lines.length > 0, PATIENCE);
    await relay.stop();
    expect(lines).toEqual([{ level: 'warn', text: expect.stringContaining(REFUSED) }]);
    expect(await store.destinations.list()).toMatchObject([{ pending: 1, trouble: REFUSED }]);
    expect(received).toEqual([]);
  });

  test('a name whose address became private since the last post', async () => {
    const receiver = await aReceiver();
    const { url, received } = receiver;
    url.hostname = 'crm.example';
    receiver.answer = (response) => response.writeHead(204, { connection: 'close' }).end();
    const store = await anEventFor(url);
    // The receiver of the test is on this machine, which is the allowed address here.
    const lookup = resolvesTo(['127.0.0.1'], ['10.0.0.1', '169.254.169.254']);
    const { lines } = aRelay(store, { lookup });
    await vi.waitUntil(() => received.length === 1, PATIENCE);
    await store.leads.save({ ...LEAD, leadId: `${ANAS}/i8/booking` });
    await vi.waitUntil(() => lines.length > 0, PATIENCE);
    expect(lines).toEqual([{ level: 'warn', text: expect.stringContaining(REFUSED) }]);
    expect(received).toHaveLength(1);
  });

  test('a private address to which a public one redirects', async () => {
    const [first, second] = [await aReceiver(), await aReceiver()];
    first.answer = (response) => response.writeHead(307, { location: second.url.href }).end();
    const { lines } = aRelay(await anEventFor(first.url));
    await vi.waitUntil(() => lines.length > 0, PATIENCE);
    expect(lines[0]?.text).toContain('HTTP 307, a redirect, which is not followed');
    expect(second.received).toEqual([]);
  });
});

test.each(['loopback', 'allow'] as const)(
  'with OUTGOING_PRIVATE_ADDRESSES=%s an event is posted to localhost',
  async (privateAddresses) => {
    const { url, received } = await aReceiver();
    url.hostname = 'localhost';
    aRelay(await anEventFor(url), { privateAddresses });
    await vi.waitUntil(() => received.length > 0, PATIENCE);
    expect(received).toHaveLength(1);
  },
);
