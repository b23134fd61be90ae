import { BlockList, isIP } from 'node:net';

/** Networks that cannot be reached from the internet: RFC 1122, 1918, 3927, 4193, 4291 and 6598. */
const UNREACHABLE_NETWORKS = new BlockList();
UNREACHABLE_NETWORKS.addSubnet('0.0.0.0', 8, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('10.0.0.0', 8, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('100.64.0.0', 10, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('127.0.0.0', 8, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('169.254.0.0', 16, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('172.16.0.0', 12, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('192.168.0.0', 16, 'ipv4');
UNREACHABLE_NETWORKS.addSubnet('::', 127, 'ipv6');
UNREACHABLE_NETWORKS.addSubnet('fc00::', 7, 'ipv6');
UNREACHABLE_NETWORKS.addSubnet('fe80::', 10, 'ipv6');

/** True when the host of a URL can be reached from the internet. A name is not looked up. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family !== 0) return !UNREACHABLE_NETWORKS.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return host.includes('.') && !/\.(localhost|local|internal|lan|home\.arpa|test)$/.test(host);
}
