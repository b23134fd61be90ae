import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Bodies are in memory before anybody can know whether they are signed. Together they may take so much and no more:
 * gives false when there is no room for this one.
 */
export function createBodyBudget(budgetBytes: number, largestBodyBytes: number) {
  let reservedBytes = 0;

  return function reserve({ headers }: FastifyRequest, { raw }: FastifyReply): boolean {
    const announced = Number(headers['content-length'] ?? largestBodyBytes);
    const bytes = Math.min(Number.isFinite(announced) ? announced : largestBodyBytes, largestBodyBytes);
    if (reservedBytes + bytes > budgetBytes) return false;
    reservedBytes += bytes;
    let isHeld = true;
    const giveBack = (): void => {
      if (isHeld) reservedBytes -= bytes;
      isHeld = false;
    };
    raw.once('finish', giveBack);
    raw.once('close', giveBack);
    return true;
  };
}
