/** Finds out who calls: by a token, by a trusted proxy, or by the session of a login. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Operator } from '../../../domain/operator.ts';
import type { Store } from '../../../store/index.ts';
import type { Metrics } from '../../metrics.ts';
import { Problem } from '../problem.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { setCaller, type Caller } from './caller.ts';
import { bearerOf, peerAddress } from './peer.ts';

/** The cookie of a session. */
export const SESSION_COOKIE = 'everthread_session';
/** The header in which the trusted proxy proves that it is the proxy. */
export const PROXY_SECRET_HEADER = 'x-everthread-proxy-secret';

/** How a trusted reverse proxy names the operator. */
export interface TrustedProxy {
  /** The header with the operator's name, in lower case. */
  readonly header: string;
  readonly secret: string;
}

/** What authentication needs. */
export interface AuthenticationOptions {
  readonly store: Pick<Store, 'operators'>;
  readonly metrics: Pick<Metrics, 'operatorAuthFailures'>;
  /** Default: no proxy logs people in. */
  readonly proxy?: TrustedProxy | undefined;
  /** Whether operators of `dev` are let in. Default: no. */
  readonly offersDemo?: boolean | undefined;
}

const MINUTE_MS = 60_000;

/** A hook that sets the caller. A request without any proof passes; where a caller is needed, `callerOf` refuses it. */
export function createAuthentication({ store, metrics, proxy, offersDemo = false }: AuthenticationOptions) {
  // A valid token always works: nobody guesses 256 random bits, and an attacker beside it must not lock it out.
  const failures = createAttemptLimit({ maxAttempts: 30, periodMs: 10 * MINUTE_MS });

  /** Nobody knows who is behind an operator of `dev`: a store that `dev` has used may be served to others later. */
  const isStranger = ({ isDemo }: Operator) => isDemo === true && !offersDemo;

  function refuse(request: FastifyRequest, kind: 'token' | 'proxy', detail: string): never {
    metrics.operatorAuthFailures.inc({ kind });
    const peer = peerAddress(request);
    const waitMs = failures.waitMs(peer);
    if (waitMs > 0) throw new Problem('too_many_attempts', { retryAfterS: waitMs / 1000 });
    failures.count(peer);
    throw new Problem('not_authenticated', { detail });
  }

  async function byToken(request: FastifyRequest, token: string): Promise<Caller> {
    const ask = () => store.operators.findByToken(token, Date.now());
    const operator = await ask();
    if (!operator || isStranger(operator))
      return refuse(request, 'token', 'The token is unknown, revoked, or of a disabled operator.');
    return { operator, interface: request.headers['x-everthread-interface'] === 'cli' ? 'cli' : 'api', ask };
  }

  async function byProxy(request: FastifyRequest, { header, secret }: TrustedProxy): Promise<Caller> {
    if (!isSame(request.headers[PROXY_SECRET_HEADER], secret))
      return refuse(request, 'proxy', 'The secret of the proxy is wrong.');
    const name = request.headers[header];
    const ask = async () => (typeof name === 'string' ? store.operators.find(name) : undefined);
    const operator = await ask();
    if (!operator || isStranger(operator))
      throw new Problem('not_authenticated', {
        detail: 'The proxy names nobody who is an operator, or a disabled one.',
      });
    return { operator, interface: 'desk', ask };
  }

  return async function authenticate(request: FastifyRequest): Promise<void> {
    const token = bearerOf(request);
    if (token !== undefined) return setCaller(request, await byToken(request, token));
    if (proxy && request.headers[PROXY_SECRET_HEADER] !== undefined)
      return setCaller(request, await byProxy(request, proxy));
    const sessionId = request.cookies[SESSION_COOKIE];
    const session = sessionId && (await store.operators.findSession(sessionId, Date.now()));
    if (!session || isStranger(session.operator)) return;
    const ask = async () => (await store.operators.readSession(sessionId, Date.now()))?.operator;
    setCaller(request, { operator: session.operator, interface: 'desk', sessionId, ask });
  };
}

/** Compares in constant time, whatever the lengths. */
function isSame(given: unknown, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(String(given)), hash(secret));
}
