/** Signatures as Standard Webhooks has them; the function that the docs give to receivers accepts them, and nothing else. */

import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { signatureOf } from '../../src/outbox/signature.ts';
import { codeBlocks } from '../docs/code-blocks.ts';

/** The example of the specification and of its reference libraries. */
const PUBLISHED = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  parts: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

test('the published example has the published signature', () => {
  const { secret, parts, signature } = PUBLISHED;
  expect(signatureOf(parts, [secret])).toBe(signature);
  expect(signatureOf({ ...parts, body: `${parts.body} ` }, [secret])).not.toBe(signature);
  expect(signatureOf(parts, [])).toBe('');
});

type Headers = Readonly<Record<string, string>>;
type Verify = (body: string, headers: Headers, secret: string) => boolean;

async function fromTheDocs(): Promise<Verify> {
  const block = codeBlocks('docs/other-systems.md').find(({ code }) => code.includes('isFromEverthread'));
  const script = ts.transpileModule(block!.code, { compilerOptions: { module: ts.ModuleKind.ESNext } }).outputText;
  const url = `data:text/javascript,${encodeURIComponent(script)}`;
  return ((await import(/* @vite-ignore */ url)) as { isFromEverthread: Verify }).isFromEverthread;
}

describe('a receiver', async () => {
  const verify = await fromTheDocs();
  const { secret } = PUBLISHED;
  const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const body = '{"type":"lead.created","data":{"fields":{"name":"Zoë"}}}';
  const headersAt = (now: number, secrets = [secret]): Headers => {
    const parts = { id: 'msg_1', timestamp: Math.floor(now / 1000), body };
    return {
      'webhook-id': parts.id,
      'webhook-timestamp': String(parts.timestamp),
      'webhook-signature': signatureOf(parts, secrets),
    };
  };
  const headers = headersAt(Date.now());
  const changed = (change: Headers) => ({ ...headers, ...change });

  test.each<[string, Parameters<Verify>, boolean]>([
    ['as it was sent', [body, headers, secret], true],
    ['signed by the new and the old secret', [body, headersAt(Date.now(), [other, secret]), secret], true],
    ['with another secret', [body, headers, other], false],
    ['with another body', [`${body} `, headers, secret], false],
    ['with another id', [body, changed({ 'webhook-id': 'msg_2' }), secret], false],
    [
      'with another time',
      [body, changed({ 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1) }), secret],
      false,
    ],
    ['of six minutes ago', [body, headersAt(Date.now() - 360_000), secret], false],
    ['of tomorrow', [body, headersAt(Date.now() + 86_400_000), secret], false],
    ['with half a signature', [body, changed({ 'webhook-signature': 'v1,abc' }), secret], false],
    ['without one', [body, {}, secret], false],
    [
      'with something else',
      [body, changed({ 'webhook-timestamp': 'NaN', 'webhook-signature': 'v2,x' }), secret],
      false,
    ],
  ])('%s', (_, call, isTaken) => {
    expect(verify(...call)).toBe(isTaken);
  });
});
