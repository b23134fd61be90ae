import { defineSequence, declareActivities, textOf, type SequenceContext } from 'everthread';
import type { activities } from './activities.ts';

async function ask(seq: Pick<SequenceContext, 'send' | 'waitForReply'>): Promise<void> {
  await seq.send('Are you there?');
  const reply = await seq.waitForReply('2 hours');
  await seq.send(reply === undefined ? 'no answer' : `answer ${reply.kind}`);
}

export const sequences = [
  defineSequence({
    name: 'nap',
    async run(seq) {
      await seq.sleep('90 minutes');
      await seq.send(`nap over, ${JSON.stringify(seq.data ?? null)}`);
    },
  }),
  defineSequence({
    name: 'alarm-clock',
    async run(seq) {
      const begun = seq.now;
      await seq.sleepUntil(begun + 7_200_000);
      await seq.send(`rang after ${Math.round((seq.now - begun) / 3_600_000)} hours`);
      await seq.sleepUntil(begun);
      await seq.send('a moment in the past has come');
    },
  }),
  defineSequence({
    name: 'mornings',
    async run(seq) {
      for (let day = 0; day < 3; day += 1) {
        await seq.sleepUntil({ weekday: 'working day', at: typeof seq.data === 'string' ? seq.data : '09:00' });
        await seq.tag(`woke ${new Date(seq.now).toISOString()}`);
      }
    },
  }),
  defineSequence({
    name: 'unless-opted-out',
    stopOn: ['opt-out'],
    async run(seq) {
      await seq.sleep('1 hour');
      await seq.send('an offer');
    },
  }),
  defineSequence({ name: 'question', run: ask }),
  defineSequence({ name: 'question-stoppable', stopOn: ['reply'], run: ask }),
  defineSequence({
    name: 'question-later',
    stopOn: ['reply'],
    async run(seq) {
      await seq.sleep('1 minute');
      await ask(seq);
    },
  }),
  defineSequence({
    name: 'patient',
    stopOn: ['reply'],
    async run(seq) {
      await seq.send('first');
      await seq.sleep('1 hour');
      await seq.send('second');
    },
  }),
  defineSequence({
    name: 'deaf',
    async run(seq) {
      await seq.send('first');
      await seq.sleep('1 hour');
      const reply = await seq.waitForReply('1 hour');
      await seq.send(`heard ${reply === undefined ? 'nothing' : 'something'}`);
    },
  }),
  defineSequence({
    name: 'parcel',
    stopOn: ['cancelled', 'handoff'],
    startOn: 'ordered',
    async run(seq) {
      const topic = await seq.waitFor('shipped', '2 days');
      await seq.send(topic ? `shipped ${JSON.stringify(topic.data ?? null)}` : 'not shipped');
    },
  }),
  defineSequence({
    name: 'polite',
    quietHours: { from: '21:00', to: '08:00', timeZone: 'Asia/Tokyo' },
    async run(seq) {
      await seq.send('Good morning!');
    },
  }),
  defineSequence({
    name: 'late',
    async run(seq) {
      await seq.sleep('30 hours');
      const { status } = await seq.send('too late');
      seq.log.info('outcome', { status });
    },
  }),
  defineSequence({
    name: 'thrower',
    async run(seq) {
      await seq.send('about to fail');
      throw new Error('the sequence is broken');
    },
  }),
  defineSequence({
    name: 'chatterbox',
    async run(seq) {
      for (;;) await seq.send('again');
    },
  }),
  defineSequence({
    name: 'spinner',
    async run(seq) {
      await seq.sleep('1 minute');
      for (;;);
    },
  }),
  defineSequence({
    name: 'last-call',
    async run(seq) {
      const closesAt = await seq.untilWindowCloses({ before: '2 hours' });
      const hours = closesAt === undefined ? 'no' : Math.round((closesAt - seq.now) / 3_600_000);
      await seq.send(`${hours} hours left`);
      await seq.sleep('3 hours');
      if ((await seq.untilWindowCloses({ before: '2 hours' })) === undefined) await seq.tag('gone');
    },
  }),
  defineSequence({
    name: 'tagger',
    async run(seq) {
      await seq.tag('in-sequence');
      await seq.sleep('3 days');
      await seq.untag('in-sequence');
      await seq.tag('through');
    },
  }),
  defineSequence({
    name: 'number',
    stopOn: ['reply'],
    async run(seq) {
      await seq.send('How many?');
      const reply = await seq.waitForReply('1 day', /^\d+$/);
      await seq.send(reply === undefined ? 'none' : `${textOf(reply)} it is`);
    },
  }),
  defineSequence({
    name: 'picky',
    async run(seq) {
      await seq.waitForReply('1 day', (reply) => {
        if (textOf(reply) === 'boom') throw new Error('too picky');
        return textOf(reply) === 'please';
      });
      await seq.send('since you ask');
      await seq.sleep('1 hour');
    },
  }),
  defineSequence({
    name: 'once',
    runs: 'once',
    async run(seq) {
      await seq.send('only once');
      await seq.sleep('1 hour');
    },
  }),
  defineSequence({
    name: 'again',
    runs: 'restart',
    async run(seq) {
      await seq.sleep('1 hour');
      await seq.send(`again ${String(seq.data)}`);
    },
  }),
  defineSequence({
    name: 'versioned',
    version: 2,
    async run(seq) {
      await seq.send('version 2');
    },
  }),
  defineSequence({
    name: 'versioned',
    async run(seq) {
      await seq.send('version 1');
    },
  }),
  defineSequence({
    name: 'gives-up',
    endOn: ['window_closed'],
    async run(seq) {
      await seq.sleep('30 hours');
      await seq.send('too late');
      await seq.sleep('30 hours');
    },
  }),
  defineSequence({
    name: 'noter',
    stopOn: ['reply'],
    activities: declareActivities<Pick<typeof activities, 'note'>>({ note: { retry: { initialInterval: '10ms' } } }),
    async run(seq) {
      const noted = await seq.activities.note('late');
      await seq.send(noted);
      const reply = await seq.waitForReply('1 hour');
      await seq.send(`${Object.keys(seq.activities).join()} ${reply === undefined ? 'silence' : 'heard'}`);
    },
  }),
  defineSequence({
    name: 'long',
    async run(seq) {
      await seq.sleep('3 days');
    },
  }),
];
