/**
 * Which addresses an outgoing request may reach. A name is checked when it is resolved for the connection, so that a name
 * that resolves to a public address first and to a private one later gains nothing.
 */

import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { isLoopbackAddress } from './hosts.ts';

/** `refuse`: public addresses only. `loopback`: this machine too. `allow`: all, also of a private network. */
export type PrivateAddresses = 'refuse' | 'loopback' | 'allow';

/** The `code` of a connection that was not made because of its address. */
export const ADDRESS_REFUSED = 'address_refused';

/** IANA, special-purpose registries, read 2026-11-30: what is not globally reachable, multicast, and what is reserved. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** Within 2000::/3, the only global unicast addresses of IPv6. */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [network, bits] of SPECIAL_IPV4) special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of SPECIAL_IPV6) special.addSubnet(network, bits, 'ipv6');
const globalIpv6 = new BlockList();
globalIpv6.addSubnet('2000::', 3, 'ipv6');
/** Addresses of IPv4 in those of IPv6, in the last 32 bits: mapped, and translated by NAT64. */
const EMBEDDED_IPV4 = /^(?:::ffff|64:ff9b:):([0-9a-f]{1,4})(?::([0-9a-f]{1,4}))?$/;

/** Whether a request may go to this IP address. */
export function isAllowedAddress(address: string, allows: PrivateAddresses): boolean {
  if (allows === 'allow') return true;
  const plain = toIPv4(address) ?? address;
  if (allows === 'loopback' && isLoopbackAddress(plain)) return true;
  return isPublicAddress(plain);
}

/** Whether a request may go to the host of a URL, as far as that can be said without resolving a name. */
export function isAllowedHost(hostname: string, allows: PrivateAddresses): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 || isAllowedAddress(host, allows);
}

/** Resolves names for connections; fails with {@link ADDRESS_REFUSED} for a name without an allowed address. */
export function createGuardedLookup(
  allows: PrivateAddresses,
  resolve: typeof resolveName = resolveName,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: readonly LookupAddress[]) => {
      if (error) return callback(error, '');
      const allowed = addresses.filter(({ address }) => isAllowedAddress(address, allows));
      const [first] = allowed;
      if (!first)
        return callback(Object.assign(new Error('A private address is refused'), { code: ADDRESS_REFUSED }), '');
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** Networks that a request does not leave, so that it may go there unencrypted. */
const nearNetworks = new BlockList();
nearNetworks.addSubnet('127.0.0.0', 8, 'ipv4');
nearNetworks.addSubnet('10.0.0.0', 8, 'ipv4');
nearNetworks.addSubnet('172.16.0.0', 12, 'ipv4');
nearNetworks.addSubnet('192.168.0.0', 16, 'ipv4');
nearNetworks.addAddress('::1', 'ipv6');
nearNetworks.addSubnet('fc00::', 7, 'ipv6');

/** Whether nobody on the way can read what is sent to this URL: `https:`, or `http:` within a private network. */
export function isConfidentialUrl({ protocol, hostname }: URL): boolean {
  if (protocol !== 'http:') return true;
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  // A name without a dot is this machine or a neighbour in the same network of containers.
  if (family === 0) return !host.includes('.') || /\.(localhost|internal|local)$/.test(host);
  return nearNetworks.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  return family === 6 && globalIpv6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/** The address of IPv4 that an address of IPv6 stands for. */
function toIPv4(address: string): string | undefined {
  if (!isIPv6(address)) return undefined;
  // As URLs write it: without zeros, in lower case and without dots.
  const normal = URL.canParse(`http://[${address}]`) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : '';
  const [, first, second] = EMBEDDED_IPV4.exec(normal) ?? [];
  if (first === undefined) return undefined;
  const [high, low] = second === undefined ? ['0', first] : [first, second];
  const bytes = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]);
  return bytes.join('.');
}
