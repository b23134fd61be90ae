/** Sequences that ask something, beside plugins that answer other things. */

import { defineBot, definePlugin, defineSequence, textOf } from 'everthread';
import { email, faq, leadCapture } from 'everthread/plugins';

const stars = defineSequence({
  name: 'stars',
  stopOn: ['reply', 'opt-out'],
  async run(seq) {
    await seq.send('How many stars, 1 to 5?');
    const reply = await seq.waitForReply('2 days', /^[1-5]$/);
    if (reply !== undefined) await seq.send(`${textOf(reply)} stars, thank you!`);
  },
});

const words = defineSequence({
  name: 'words',
  async run(seq) {
    await seq.send('What could be better?');
    await seq.waitForReply('1 day', (reply) => {
      if (textOf(reply) === 'boom') throw new Error('no such words');
      return (textOf(reply) ?? '').length > 10;
    });
    await seq.send('We will see to it.');
  },
});

const anything = defineSequence({
  name: 'anything',
  async run(seq) {
    await seq.sleep('1 minute');
    await seq.send('Are you there?');
    const reply = await seq.waitForReply('3 days');
    await seq.send(`a ${reply?.kind ?? 'silence'}`);
  },
});

const listener = definePlugin({
  name: 'listener',
  state: { misses: 0 },
  async onMessage(ctx, { text = '' }) {
    const name = /^start (\w+)$/.exec(text)?.[1];
    if (text === 'misses') await ctx.send(`${ctx.state.misses} misses`);
    else if (name !== undefined) await ctx.startSequence(name);
    else return 'pass';
    return 'handled';
  },
  onTopic(ctx, { name }) {
    if (name === 'not-understood') ctx.state.misses += 1;
  },
});

export default defineBot({
  plugins: [
    leadCapture({ on: /price/i, fields: { email: email('Which e-mail?') } }),
    faq([{ match: /hours|^5$/i, answer: 'From 9 to 5.' }]),
    listener,
  ],
  sequences: [stars, words, anything],
  fallback: 'Sorry?',
});
