import { truncateSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { uploadAttachment, type AttachmentUpload } from '../../src/graph/attachment-upload.ts';
import { createGraphApi } from '../../src/graph/graph-api.ts';
import { createGraphClient } from '../../src/graph/graph-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aGraphApi, PAGE, TOKEN, type Simulated } from './simulated.ts';

const MIB = 1024 * 1024;

function aFile(name: string, content: string | Buffer): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

async function upload(
  { api }: Pick<Simulated, 'api'>,
  type: AttachmentUpload['type'],
  source: AttachmentUpload['source'],
) {
  const lines: string[] = [];
  const log = { info: (fields: object) => void lines.push(JSON.stringify(fields)) };
  return { ...(await uploadAttachment({ pageId: PAGE, type, source }, { api, accessToken: TOKEN, log })), lines };
}

async function contentOf(simulated: Simulated, attachmentId: string) {
  const response = await fetch(`${simulated.url}/attachments/${attachmentId}`);
  return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
}

test('an address is passed to Meta, which stores the file behind it', async () => {
  const simulated = await aGraphApi();

  const result = await upload(simulated, 'image', { url: 'https://shop.example/mug.png' });

  expect(result).toMatchObject({ status: 'uploaded', attachmentId: expect.stringMatching(/^\d+$/) });
  expect(simulated.calls).toEqual([`POST /${PAGE}/message_attachments`]);
});

test('a file is uploaded unchanged, with its content type', async () => {
  const simulated = await aGraphApi();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));

  const result = await upload(simulated, 'image', { file: aFile('Mug "blue".PNG', bytes) });

  const { attachmentId } = result as typeof result & { attachmentId: string };
  expect(await contentOf(simulated, attachmentId)).toEqual({ type: 'image/png', bytes });
  expect(result.lines).toEqual([]);
});

test.each([
  ['clip.mp4', 'video', 'video/mp4'],
  ['voice.m4a', 'audio', 'audio/mp4'],
] as const)('%s is %s', async (name, type, contentType) => {
  const simulated = await aGraphApi();

  const result = await upload(simulated, type, { file: aFile(name, 'something') });

  const { attachmentId } = result as typeof result & { attachmentId: string };
  expect((await contentOf(simulated, attachmentId)).type).toBe(contentType);
});

test('nothing is uploaded for a Page without a token', async () => {
  const { url } = await aGraphApi();
  const client = createGraphClient({ url: `${url}/graph`, version: 'v25.0', accessToken: () => undefined });
  onTestFinished(() => client.close());
  const image = { pageId: PAGE, type: 'image', source: { url: 'https://shop.example/mug.png' } } as const;

  expect(await client.uploadAttachment(image, { info: () => {} })).toMatchObject({
    status: 'refused',
    error: { code: 190 },
  });
});

test('an empty file is a file', async () => {
  expect(await upload(await aGraphApi(), 'file', { file: aFile('empty.txt', '') })).toMatchObject({
    status: 'uploaded',
  });
});

test('the progress of a large file is logged about every 5 MiB', async () => {
  const result = await upload(await aGraphApi(), 'file', { file: aFile('plan.pdf', Buffer.alloc(12 * MIB)) });

  expect(result).toMatchObject({ status: 'uploaded' });
  expect(result.lines).toEqual([
    JSON.stringify({ page: PAGE, sentBytes: 5 * MIB, ofBytes: 12 * MIB }),
    JSON.stringify({ page: PAGE, sentBytes: 10 * MIB, ofBytes: 12 * MIB }),
  ]);
});

test('a refusal of Meta is the result', async () => {
  const simulated = await aGraphApi();
  const text = aFile('words.txt', 'words');

  expect(await upload(simulated, 'image', { file: text })).toMatchObject({ status: 'refused', error: { code: 100 } });
});

test.each([
  ['a file that is too large', () => aFile('film.mp4', Buffer.alloc(25 * MIB + 1)), 2018109, /has 26214401 bytes/],
  ['a file that is not there', () => '/nowhere/film.mp4', 2018047, /cannot be read \(ENOENT\)/],
  ['a folder', () => temporaryFolder(), 2018047, /cannot be read \(it is no file\)/],
])('%s is refused without a call', async (_, file, subcode, message) => {
  const simulated = await aGraphApi();

  expect(await upload(simulated, 'video', { file: file() })).toMatchObject({
    status: 'refused',
    error: { code: 100, error_subcode: subcode, message: expect.stringMatching(message) },
  });
  expect(simulated.calls).toEqual([]);
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
  return { api };
}

test('a connection that breaks during the upload leaves the result unknown', async () => {
  const meta = await metaThat((request) => void request.once('data', () => request.socket.resetAndDestroy()));

  expect(await upload(meta, 'video', { file: aFile('film.mp4', Buffer.alloc(8 * MIB)) })).toMatchObject({
    status: 'no_answer',
    outcome: 'connection_reset_after_request',
  });
});

test('a file is streamed, not read before', async () => {
  let paused: (() => void) | undefined;
  const meta = await metaThat((request) => {
    request.pause();
    paused = () => request.destroy();
  });
  const file = aFile('film.mp4', '');
  truncateSync(file, 24 * MIB);
  const before = process.memoryUsage().arrayBuffers;

  const uploading = upload(meta, 'video', { file });
  while (!paused) await new Promise(setImmediate);
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * MIB);
  paused();
  await uploading;
});

test('Meta is told when a file is for Instagram, and gets bytes from memory under the name that they were given', async () => {
  const bodies: string[] = [];
  const meta = await metaThat((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      response.setHeader('content-type', 'application/json').end('{"attachment_id":"7"}');
    });
  });
  const deps = { api: meta.api, accessToken: TOKEN, log: { info: () => {} } };
  const content = { content: Buffer.from('%PDF-1.7'), contentType: 'application/pdf', name: 'a "bill".pdf' };

  for (const channel of ['instagram', 'messenger'] as const)
    for (const source of [{ url: 'https://shop.example/bill.pdf' }, content]) {
      const file = { pageId: PAGE, type: 'file', channel, source } as const;
      expect(await uploadAttachment(file, deps)).toEqual({ status: 'uploaded', attachmentId: '7' });
    }

  expect(bodies.map((body) => /platform\W+instagram/.test(body))).toEqual([true, true, false, false]);
  for (const body of [bodies[1], bodies[3]])
    expect(body).toMatch(/filename="a %22bill%22.pdf"\r\ncontent-type: application\/pdf\r\n\r\n%PDF-1.7\r\n--/);
});
