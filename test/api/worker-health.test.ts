import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { startWorkerHealth } from '../../src/api/worker-health.ts';
import { anEmptyStore, targets, type Target } from '../store/targets.ts';

test('a worker is ready while it takes work, and can be measured all the time', async () => {
  const { store } = await anEmptyStore(targets[0] as Target);
  let isAtWork = false;
  const options = {
    store,
    log: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
    metrics: async () => 'everthread_send_api_retries_total 0\n',
    isAtWork: async () => isAtWork,
  };
  const health = await startWorkerHealth(options);
  onTestFinished(() => health.stop());
  const ask = async (path: string) => {
    const answer = await fetch(`${health.url}${path}`);
    return { status: answer.status, body: await answer.text() };
  };

  expect(await ask('/healthz')).toMatchObject({ status: 200 });
  const away = { status: 'unready', store: 'ok', engine: 'away' };
  expect(await ask('/readyz')).toEqual({ status: 503, body: JSON.stringify(away) });
  isAtWork = true;
  expect(await ask('/readyz')).toEqual({
    status: 200,
    body: JSON.stringify({ status: 'ok', store: 'ok', engine: 'ok' }),
  });
  expect((await ask('/metrics')).body).toContain('everthread_send_api_retries_total 0');
  expect(await ask('/webhook')).toMatchObject({ status: 404 });
});
