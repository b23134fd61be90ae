/** Keeps out foreign names and foreign origins, before anybody is asked who they are. */

import type { FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../../../hosts.ts';
import { fileTypeOf } from '../../../messenger/outbound/file-types.ts';
import { Problem } from '../problem.ts';
import { bearerOf, hostNameOf, isLocalPeer } from './peer.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request of this method changes nothing. */
export function isSafe({ method }: Pick<FastifyRequest, 'method'>): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Refuses foreign names that resolve to this machine (DNS rebinding): a page of the attacker would be of our origin. Other
 * machines reach us by names that we cannot know.
 */
export function checkHost(request: FastifyRequest, origin: string | undefined): void {
  if (!isLocalPeer(request)) return;
  const name = hostNameOf(request);
  if (name !== undefined && (isLoopbackHost(name) || name === hostOf(origin))) return;
  throw new Problem('foreign_host', { detail: `The Host header is "${(request.headers.host ?? '').slice(0, 100)}".` });
}

/**
 * Refuses writes that a page of another origin makes a browser send (CSRF). Browsers name the origin of every write. And
 * only JSON and content types of files are taken that such a page may not send without a preflight request (CORS), which
 * nobody answers. A token in a header is no cookie: no browser adds it by itself.
 */
export function checkOrigin(request: FastifyRequest, origin: string | undefined): void {
  const { headers } = request;
  if (isSafe(request) || bearerOf(request) !== undefined) return;
  const site = headers['sec-fetch-site'];
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const isForeignOrigin = headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host, origin);
  if (isForeignSite || isForeignOrigin)
    throw new Problem('foreign_origin', {
      detail: `The page is of ${String(headers.origin ?? 'another site').slice(0, 100)}.`,
    });
  const contentType = headers['content-type'];
  if (request.routeOptions.config.takesFile) {
    if (!fileTypeOf(contentType)) throw new Problem('file_unsupported');
  } else if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) throw new Problem('media_type_unsupported');
}

function isOwnOrigin(given: string, host: string | undefined, origin: string | undefined): boolean {
  if (given === origin) return true;
  return URL.canParse(given) && host !== undefined && new URL(given).host === host.toLowerCase();
}

function hostOf(origin: string | undefined): string | undefined {
  return origin === undefined ? undefined : new URL(origin).hostname;
}
