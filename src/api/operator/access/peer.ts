/** Where a request comes from, and by which name it calls us. */

import type { FastifyRequest } from 'fastify';
import { isLoopbackAddress, isLoopbackHost } from '../../../hosts.ts';

/** Headers by which a reverse proxy shows itself. */
const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** Whether the other end of the connection is this machine. */
export function isLocalPeer({ socket }: FastifyRequest): boolean {
  return isLoopbackAddress(socket.remoteAddress ?? '');
}

/** Whether a reverse proxy passed the request on, as far as its headers tell. */
export function isForwarded({ headers }: FastifyRequest): boolean {
  return FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
}

/**
 * The address by which failures are counted. A proxy on this machine adds the address that it saw to the end of
 * `X-Forwarded-For`; from elsewhere anybody can write that header.
 */
export function peerAddress(request: FastifyRequest): string {
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim();
  return (isLocalPeer(request) && forwarded) || (request.socket.remoteAddress ?? '');
}

/** What follows `Bearer`. Another kind of `Authorization` is for the proxy, and browsers add it by themselves. */
export function bearerOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer +(.*)$/i.exec(authorization ?? '')?.[1];
}

/** The name in the `Host` header, without the port. */
export function hostNameOf({ headers: { host } }: FastifyRequest): string | undefined {
  const url = `http://${host ?? ''}`;
  return host && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Whether a browser on this machine calls over plain HTTP, where it would not send a `Secure` cookie back. */
export function isLocalBrowser(request: FastifyRequest): boolean {
  return isLoopbackHost(hostNameOf(request) ?? '');
}
