import { defineSequence, type SequenceContext } from 'everthread';

async function ask(seq: SequenceContext): Promise<void> {
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
    name: 'spinner',
    async run(seq) {
      await seq.sleep('1 minute');
      for (;;);
    },
  }),
  defineSequence({
    name: 'long',
    async run(seq) {
      await seq.sleep('3 days');
    },
  }),
];
