/** Login by name and password, slow enough for nobody to guess. */

import type { FastifyRequest } from 'fastify';
import { nameKey } from '../../../domain/name-key.ts';
import type { Operator } from '../../../domain/operator.ts';
import type { Store } from '../../../store/index.ts';
import type { Metrics } from '../../metrics.ts';
import { Problem } from '../problem.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { peerAddress } from './peer.ts';

/** What a login needs. */
export interface LoginOptions {
  readonly store: Pick<Store, 'operators'>;
  readonly metrics: Pick<Metrics, 'operatorAuthFailures'>;
}

/** Failed logins of one address in {@link LOGIN_PERIOD_MS}, before it must wait. */
export const MAX_FAILURES_PER_PEER = 20;
/** Failed logins of one name, from anywhere. */
export const MAX_FAILURES_PER_NAME = 10;
/** After this time failures are forgotten. */
export const LOGIN_PERIOD_MS = 10 * 60_000;
/** Hashing a password occupies a thread of four, which others need as well. */
const MAX_LOGINS_AT_ONCE = 2;
const MAX_WAITING_LOGINS = 20;

/** A function that resolves to the operator. @throws `Problem` with `login_failed` or `too_many_attempts`. */
export function createLogin({ store, metrics }: LoginOptions) {
  const perPeer = createAttemptLimit({ maxAttempts: MAX_FAILURES_PER_PEER, periodMs: LOGIN_PERIOD_MS });
  const perName = createAttemptLimit({ maxAttempts: MAX_FAILURES_PER_NAME, periodMs: LOGIN_PERIOD_MS });
  const hashing = createQueue(MAX_LOGINS_AT_ONCE, MAX_WAITING_LOGINS);

  return async function login(request: FastifyRequest, name: string, password: string): Promise<Operator> {
    const peer = peerAddress(request);
    const key = nameKey(name);
    const waitMs = Math.max(perPeer.waitMs(peer), perName.waitMs(key));
    if (waitMs > 0) {
      metrics.operatorAuthFailures.inc({ kind: 'login' });
      throw new Problem('too_many_attempts', { retryAfterS: waitMs / 1000 });
    }
    perPeer.count(peer);
    perName.count(key);
    const operator = await hashing(() => store.operators.findByPassword(name, password));
    if (!operator) {
      metrics.operatorAuthFailures.inc({ kind: 'login' });
      throw new Problem('login_failed');
    }
    perPeer.undo(peer);
    perName.undo(key);
    return operator;
  };
}

/** Runs work, at most so much at once; what would wait behind too much other work is refused. */
function createQueue(maxRunning: number, maxWaiting: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running >= maxRunning) {
      if (waiting.length >= maxWaiting) throw new Problem('too_many_attempts', { retryAfterS: 1 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
