/** What a running api has counted since it started, from its `/metrics`. */

import { request } from 'undici';

export interface ApiMetrics {
  /** Webhook requests, by the status they were answered with. */
  readonly answers: Readonly<Record<string, number>>;
  /** How many of the webhooks took longer than so many seconds. */
  slowerThan(seconds: number): number;
}

const WITHIN_MS = 5000;

/** `undefined` when nothing there counts webhooks. */
export async function readApiMetrics(apiUrl: string): Promise<ApiMetrics | undefined> {
  try {
    const { statusCode, body } = await request(`${apiUrl}/metrics`, { signal: AbortSignal.timeout(WITHIN_MS) });
    const text = await body.text();
    return statusCode === 200 && text.includes('everthread_webhook') ? apiMetrics(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads Prometheus' text form. */
export function apiMetrics(text: string): ApiMetrics {
  const numbers = new Map(
    [...text.matchAll(/^(everthread_webhook\S*) (\d\S*)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
  const answers = [...numbers].flatMap(([name, count]) => {
    const status = /^everthread_webhooks_total\{status="(\d+)"\}$/.exec(name)?.[1];
    return status === undefined ? [] : [[status, count] as const];
  });
  const all = numbers.get('everthread_webhook_seconds_count') ?? 0;
  return {
    answers: Object.fromEntries(answers),
    slowerThan: (seconds) => all - (numbers.get(`everthread_webhook_seconds_bucket{le="${seconds}"}`) ?? all),
  };
}
