/** The webhook counters of a running api, read from its `/metrics`. */

import { request } from 'undici';

/** What an api has counted since it started. */
export interface ApiMetrics {
  /** The number of webhook requests by the status of the answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** The number of webhooks that took longer than this bucket of the histogram, in seconds. */
  slowerThan(seconds: number): number;
}

const METRICS_TIMEOUT_MS = 5000;

/** `undefined` when nothing answers there, or something other than an everthread api. */
export async function readApiMetrics(apiUrl: string): Promise<ApiMetrics | undefined> {
  try {
    const { statusCode, body } = await request(`${apiUrl}/metrics`, {
      signal: AbortSignal.timeout(METRICS_TIMEOUT_MS),
    });
    const text = await body.text();
    return statusCode === 200 && text.includes('everthread_webhook') ? parseApiMetrics(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Parses the three series of the Prometheus text format that the doctor needs. */
export function parseApiMetrics(text: string): ApiMetrics {
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
