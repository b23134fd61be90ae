import { expect, test } from 'vitest';
import { sweepAbandoned } from '../../src/activities/send/sweep-abandoned.ts';
import { aLog } from '../api/dispatch/dispatching.ts';
import { anEmptyStore, targets } from '../store/targets.ts';
import { START } from '../support/events.ts';
import { allow } from '../support/verdicts.ts';
import { ANAS } from './gate.ts';

const DAY_MS = 24 * 3_600_000;

test.each(targets)(
  'on $name sends whose outcome was lost by a power cut are settled by their guarantee',
  async (target) => {
    const { ledger } = (await anEmptyStore(target)).store;
    const open = async (ordinal: number, guarantee: 'at-least-once' | 'at-most-once') => {
      const sendId = `${ANAS}/i7/${ordinal}` as const;
      const message = { text: 'Hello' };
      const send = { sendId, conversation: ANAS, author: 'bot', purpose: 'reply', guarantee, message } as const;
      await ledger.open(send, allow, START);
      return send;
    };
    const [direct, update, late, rejected, forgotten] = [
      await open(0, 'at-least-once'),
      await open(1, 'at-most-once'),
      await open(2, 'at-most-once'),
      await open(3, 'at-most-once'),
      await open(4, 'at-least-once'),
    ];
    await ledger.markUnconfirmed(forgotten.sendId, 'no_answer', 1, Date.now() - 10 * DAY_MS);
    const { log, messages } = aLog();
    const listCalling: typeof ledger.listCalling = async () => {
      const calling = await ledger.listCalling();
      // While the sweep waits, an echo comes, and another worker records a rejection.
      await ledger.confirm(late, 'm_Echo', START);
      await ledger.postpone(rejected.sendId, 'rate_limited', 1);
      return calling;
    };

    await sweepAbandoned({ ledger: { ...ledger, listCalling }, log, signal: new AbortController().signal, waitMs: 1 });

    const sends = [direct, update, late, rejected, forgotten];
    const entries = await Promise.all(sends.map(({ sendId }) => ledger.find(sendId)));
    expect(entries.map((entry) => entry?.status)).toEqual(['unconfirmed', 'unknown', 'sent', 'waiting', 'unknown']);
    expect(messages()).toEqual([
      'The outcome of sends from before this start is not recorded: they are unconfirmed or unknown now',
    ]);
    // An echo proves more than any guess.
    await ledger.confirm(update, 'm_Late', START);
    expect(await ledger.find(update.sendId)).toMatchObject({ status: 'sent' });
  },
);
