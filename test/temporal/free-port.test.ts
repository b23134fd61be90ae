import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { choosePort, freePort } from '../../src/temporal/server/free-port.ts';

test('a port that is free is taken, whoever asked for it', async () => {
  const port = await freePort();

  expect(await choosePort({ port, isSetByHand: true, setting: 'PORT' })).toBe(port);
  expect(await choosePort({ port, isSetByHand: false, setting: 'PORT' })).toBe(port);
});

test('a free port is none that the system gives to a connection before anybody listens', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('a default port that is taken is replaced by a free one', async () => {
  const port = await takenPort();

  const chosen = await choosePort({ port, isSetByHand: false, setting: 'PORT' });

  expect(chosen).not.toBe(port);
  expect(await choosePort({ port: chosen, isSetByHand: true, setting: 'PORT' })).toBe(chosen);
});

test('a port set by hand that is taken is refused with the setting and the number', async () => {
  const port = await takenPort();

  await expect(choosePort({ port, isSetByHand: true, setting: '--ui-port' })).rejects.toMatchObject({
    code: 'port_taken',
    message: expect.stringMatching(new RegExp(`--ui-port is ${port}.*set --ui-port to another port`)),
  });
});

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
