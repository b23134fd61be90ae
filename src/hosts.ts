/** Hosts as one writes them in settings and addresses, and the addresses of connections. */

/** The loopback address that reaches a server which listens on all addresses. */
const LOOPBACK_OF = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
]);

/** Whether listening on this host lets in everybody, this machine included. */
export function isWildcardHost(host: string): boolean {
  return LOOPBACK_OF.has(host);
}

/** A host that can be called from this machine: a wildcard address becomes its loopback address. */
export function callableHost(host: string): string {
  const loopback = LOOPBACK_OF.get(host);
  if (loopback !== undefined) return loopback;
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Whether a host of an address means this machine alone: `localhost`, `127.0.0.1`, `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host === '[::1]' || isLoopbackAddress(host)
  );
}

/** Whether the address of a connection's other end is this machine: `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);
}
