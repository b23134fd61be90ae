import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopbackAddress, isLoopbackHost } from '../../hosts.ts';

/**
 * Refuses other machines, foreign hosts and origins: the simulator lets its callers act as anybody. Who calls is decided by
 * the connection's own address; the `Host` header only keeps out names that were made to resolve to this machine. `host`
 * names one more host to answer on, and with it other machines may call.
 */
export function createGuard(host: string | undefined): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async function guard(request, reply) {
    const problem =
      peerProblem(request.socket.remoteAddress, host) ??
      hostProblem(request.headers.host, host) ??
      originProblem(request);
    if (problem) await reply.code(403).send({ error: problem });
  };
}

function peerProblem(address: string | undefined, allowed: string | undefined): string | undefined {
  if (allowed !== undefined || (address !== undefined && isLoopbackAddress(address))) return undefined;
  return `The simulator answers this machine only, not ${address ?? 'a connection without an address'}. Call it from here, or through an SSH tunnel.`;
}

/** Refuses foreign names that resolve to this machine (DNS rebinding). */
function hostProblem(header: string | undefined, allowed: string | undefined): string | undefined {
  if (allowed === '*') return undefined;
  const name = hostNameOf(header);
  if (name !== undefined && (isLoopbackHost(name) || name === allowed?.toLowerCase())) return undefined;
  return `The simulator answers on localhost only, not on "${header ?? ''}". The option \`host\` allows one more name.`;
}

function originProblem({ method, headers }: FastifyRequest): string | undefined {
  if (method === 'GET' || method === 'HEAD' || headers.origin === undefined) return undefined;
  if (URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host) return undefined;
  return `A page from ${headers.origin} may not act here.`;
}

function hostNameOf(header: string | undefined): string | undefined {
  const url = `http://${header ?? ''}`;
  return header && URL.canParse(url) ? new URL(url).hostname : undefined;
}
