import { describe, expect, test } from 'vitest';
import { ANA, aSend, startBoth, type Running } from './support.ts';

/** How a bot sees the end of a call: an answer, an error code, or a broken connection. */
async function outcomeOf(send: Running['send'], text = 'Hello'): Promise<string> {
  try {
    const { json } = await send(aSend({ text, metadata: text }));
    return json.error ? [json.error.code, json.error.error_subcode].filter(Boolean).join('/') : 'sent';
  } catch (error) {
    return ((error as Error).cause as { code: string }).code;
  }
}

async function startTalk() {
  const running = await startBoth();
  running.simulator.says(ANA, 'Hi');
  const heard = () =>
    running.simulator.thread(ANA).bubbles.flatMap(({ author, text }) => (author === 'bot' ? [text] : []));
  return { ...running, heard };
}

describe('an injected fault', () => {
  test('refuses sends with any code, as often as asked, and delivers nothing', async () => {
    const { simulator, send, heard } = await startTalk();
    simulator.fault({ kind: 'error', code: 613, subcode: 2534040, times: 2 });
    expect([await outcomeOf(send, 'one'), await outcomeOf(send, 'two'), await outcomeOf(send, 'three')]).toEqual([
      '613/2534040',
      '613/2534040',
      'sent',
    ]);
    expect(heard()).toEqual(['three']);
  });

  test('cuts the connection before Meta accepts the send: nothing is delivered', async () => {
    const { simulator, send, heard, bot } = await startTalk();
    simulator.fault({ kind: 'cut_before' });
    expect(await outcomeOf(send)).toBe('ECONNRESET');
    await simulator.waitForDeliveries();
    expect(heard()).toEqual([]);
    expect(bot.items('message')).toHaveLength(1);
  });

  test('cuts the connection after Meta accepted the send: it is delivered and echoed, without an answer', async () => {
    const { simulator, send, heard, bot } = await startTalk();
    simulator.fault({ kind: 'cut_after' });
    expect(await outcomeOf(send)).toBe('ECONNRESET');
    expect(heard()).toEqual(['Hello']);
    const echo = await bot.gets(({ message }) => message?.['is_echo'] === true);
    expect(echo.message).toMatchObject({ metadata: 'Hello' });
    const { send: call, mid } = simulator.thread(ANA).timeline.find(({ kind }) => kind === 'sent')!;
    expect(call).toMatchObject({ outcome: 'cut', fault: 'cut_after' });
    expect(mid).toBe(echo.message!.mid);
  });

  test('delivers a send and answers it with an error', async () => {
    const { simulator, send, heard } = await startTalk();
    simulator.fault({ kind: 'error_after', code: 1, subcode: 1357046 });
    expect(await outcomeOf(send)).toBe('1/1357046');
    expect(heard()).toEqual(['Hello']);
  });

  test('delays a send', async () => {
    const { simulator, send, heard } = await startTalk();
    simulator.fault({ kind: 'slow', ms: 120 });
    const startedAt = performance.now();
    expect(await outcomeOf(send)).toBe('sent');
    expect(performance.now() - startedAt).toBeGreaterThan(110);
    expect(heard()).toEqual(['Hello']);
  });
});

test('typing uses up no fault, nor does another person', async () => {
  const { simulator, send } = await startTalk();
  const ben = simulator.addPerson({ firstName: 'Ben' });
  simulator.says(ben.psid, 'Hi');
  simulator.fault({ kind: 'error', code: 2, psid: ben.psid });
  await send({ recipient: { id: ben.psid }, sender_action: 'typing_on' });
  expect(await outcomeOf(send)).toBe('sent');
  expect((await send(aSend('Hello', { recipient: { id: ben.psid } }))).status).toBe(500);
});

test('faults can be cleared, and invalid ones are refused', async () => {
  const { simulator, send } = await startTalk();
  simulator.fault({ kind: 'cut_before', times: 5 });
  simulator.clearFaults();
  expect(await outcomeOf(send)).toBe('sent');
  expect(() => simulator.fault({ kind: 'error', code: -1 })).toThrow('code');
});
