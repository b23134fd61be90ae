import type { FastifyReply, FastifyRequest } from 'fastify';

/** Refuses foreign hosts and origins: the simulator lets its callers act as anybody, so only this machine may call it. */
export function createGuard(host: string | undefined): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async function guard(request, reply) {
    const problem = hostProblem(request.headers.host, host) ?? originProblem(request);
    if (problem) await reply.code(403).send({ error: problem });
  };
}

/** Refuses foreign names that resolve to this machine (DNS rebinding). */
function hostProblem(header: string | undefined, allowed: string | undefined): string | undefined {
  if (allowed === '*') return undefined;
  const name = hostNameOf(header);
  if (name !== undefined && (isLoopback(name) || name === allowed?.toLowerCase())) return undefined;
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

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name);
}
