import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exchangeToken, readAccounts } from '../../src/graph/accounts.ts';
import { createGraphApi } from '../../src/graph/graph-api.ts';
import { APP, aGraphApi, PAGE, SECRET, TOKEN } from './simulated.ts';

const CAFE = '104857600999999';
const USER_TOKEN = 'user-token-of-the-tests';

test('a token is exchanged, and the new one lists the Pages with their tokens and tasks', async () => {
  const { api } = await aGraphApi({
    userAccessToken: USER_TOKEN,
    requireAppSecretProof: true,
    pages: [{ id: CAFE, name: 'Café', accessToken: 'cafe-token', tasks: ['MODERATE'] }],
  });

  const exchanged = await exchangeToken(api, { appId: APP, appSecret: SECRET }, USER_TOKEN);
  if (exchanged.status !== 'answered') throw new Error(JSON.stringify(exchanged));
  expect(exchanged.value.expiresInMs).toBe(5_183_944_000);

  expect(await readAccounts(api, exchanged.value.accessToken)).toMatchObject({
    status: 'answered',
    value: [
      { pageId: PAGE, accessToken: TOKEN, tasks: expect.arrayContaining(['MESSAGING', 'MODERATE']) },
      { pageId: CAFE, name: 'Café', accessToken: 'cafe-token', tasks: ['MODERATE'] },
    ],
  });
});

test('an invalid token is refused', async () => {
  const { api } = await aGraphApi({ userAccessToken: USER_TOKEN });

  expect(await readAccounts(api, 'another')).toMatchObject({ status: 'refused', error: { code: 190 } });
  expect(await exchangeToken(api, { appId: APP, appSecret: 'wrong' }, USER_TOKEN)).toMatchObject({ status: 'refused' });
});

async function metaThat(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const api = createGraphApi({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, version: 'v25.0' });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await api.close();
  });
  return api;
}

test('more Pages than fit into one answer are read from several', async () => {
  const seen: (string | undefined)[] = [];
  const api = await metaThat((request, response) => {
    const after = new URL(request.url ?? '', 'http://graph.example').searchParams.get('after') ?? '';
    seen.push(after);
    const number = Number(after || 0);
    const paging = {
      cursors: { after: String(number + 1) },
      // Not to be called: it would send the token to the host in the address.
      ...(number < 2 && { next: 'https://elsewhere.example/?access_token=x' }),
    };
    response.end(JSON.stringify({ data: [{ id: `10485760000000${number}`, name: 7, access_token: 'x' }], paging }));
  });

  const reply = await readAccounts(api, USER_TOKEN);

  expect(seen).toEqual(['', '1', '2']);
  expect(reply.status === 'answered' && reply.value.map(({ pageId }) => pageId.at(-1))).toEqual(['0', '1', '2']);
});

test('a list whose pages repeat is not read for ever', async () => {
  const api = await metaThat((_request, response) =>
    response.end(JSON.stringify({ data: [{ id: '1' }], paging: { next: 'x', cursors: { after: 'same' } } })),
  );

  const reply = await readAccounts(api, USER_TOKEN);

  expect(reply).toEqual({ status: 'answered', value: [1, 1].map(() => ({ pageId: '1', name: '', tasks: [] })) });
});
