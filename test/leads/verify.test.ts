/** The function that `docs/leads.md` gives to receivers accepts what the relay sends, and nothing else. */

import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { signLead } from '../../src/leads/lead-webhook.ts';
import { codeBlocks } from '../docs/code-blocks.ts';

type Verify = (body: string, header: string, secret: string) => boolean;

async function fromTheDocs(): Promise<Verify> {
  const block = codeBlocks('docs/leads.md').find(({ code }) => code.includes('isFromEverthread'));
  const script = ts.transpileModule(block!.code, { compilerOptions: { module: ts.ModuleKind.ESNext } }).outputText;
  const url = `data:text/javascript,${encodeURIComponent(script)}`;
  return ((await import(/* @vite-ignore */ url)) as { isFromEverthread: Verify }).isFromEverthread;
}

describe('a receiver', async () => {
  const verify = await fromTheDocs();
  const body = '{"type":"lead","fields":{"name":"Zoë"}}';
  const header = signLead(body, 'the-secret', Date.now());

  test.each<[string, Parameters<Verify>, boolean]>([
    ['as it was sent', [body, header, 'the-secret'], true],
    ['with another secret', [body, header, 'the-secre'], false],
    ['with another body', [`${body} `, header, 'the-secret'], false],
    ['with another time', [body, header.replace(/t=\d/, 't=2'), 'the-secret'], false],
    ['of six minutes ago', [body, signLead(body, 'the-secret', Date.now() - 360_000), 'the-secret'], false],
    ['of tomorrow', [body, signLead(body, 'the-secret', Date.now() + 86_400_000), 'the-secret'], false],
    ['with half a signature', [body, header.slice(0, 40), 'the-secret'], false],
    ['without one', [body, '', 'the-secret'], false],
    ['with something else', [body, 't=NaN,v1=x', 'the-secret'], false],
  ])('%s', (_, call, isTaken) => {
    expect(verify(...call)).toBe(isTaken);
  });
});
