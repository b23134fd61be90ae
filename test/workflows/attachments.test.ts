import { expect, test } from 'vitest';
import { startTalk, type Talk } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';

/** The attachment ids of what the bot sent, in order. */
function idsOf(talk: Talk): (string | undefined)[] {
  return talk.sends().flatMap(({ send }) => {
    const { message } = JSON.parse(send?.request ?? '{}') as {
      message?: { attachment?: { payload: { attachment_id?: string } } };
    };
    return message?.attachment ? [message.attachment.payload.attachment_id] : [];
  });
}

test('a file beside the bot is uploaded once, and sent by its attachment id', async () => {
  const talk = await startTalk(PROBE);
  await talk.says('show menu.png');
  await talk.says('show menu.png');
  await talk.says('upload https://shop.example/menu.png');

  const [first, second, other] = idsOf(talk);
  expect(first).toMatch(/^\d+$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test('a file that Meta no longer has is uploaded again, and sent', async () => {
  const talk = await startTalk(PROBE);
  await talk.says('show menu.png');
  talk.stage.simulator.fault({ kind: 'error', code: 100, subcode: 2018074, psid: talk.psid });
  await talk.says('show menu.png');

  const [first, refused, again] = idsOf(talk);
  expect(refused).toBe(first);
  expect(again).toMatch(/^\d+$/);
  expect(again).not.toBe(first);
  expect(talk.bubbles().filter(({ author }) => author === 'bot')).toHaveLength(2);
});

test("a path outside the bot's folder is no file: the send fails", async () => {
  const talk = await startTalk(PROBE);
  await talk.says('show ../shop/bot.ts');
  await talk.says('show /etc/passwd');

  expect(await talk.hears()).toEqual(['failed: file_missing', 'failed: file_missing']);
});
