import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Limits the memory of request bodies, which are read before their signature can be checked. `reserve` returns false when
 * there is no room for a request; its reservation ends with its connection.
 */
export function createBodyBudget(budgetBytes: number, maxBodyBytes: number) {
  let reservedBytes = 0;

  return function reserve({ headers }: FastifyRequest, { raw }: FastifyReply): boolean {
    const announced = Number(headers['content-length'] ?? maxBodyBytes);
    const bytes = Math.min(Number.isFinite(announced) ? announced : maxBodyBytes, maxBodyBytes);
    if (reservedBytes + bytes > budgetBytes) return false;
    reservedBytes += bytes;
    let isReserved = true;
    const release = (): void => {
      if (isReserved) reservedBytes -= bytes;
      isReserved = false;
    };
    raw.once('finish', release);
    raw.once('close', release);
    return true;
  };
}
