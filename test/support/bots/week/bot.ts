/** A follow-up of a week: with quiet hours, a question that waits for its answer, and a last word that comes too late. */

import { defineBot, definePlugin, defineSequence } from 'everthread';

const week = defineSequence({
  name: 'week',
  startOn: 'price.asked',
  quietHours: { from: '21:00', to: '08:00' },
  async run(seq) {
    await seq.sleep('12 hours');
    await seq.send('Good morning! Any questions about our offer?');
    const reply = await seq.waitForReply('3 days');
    await seq.send(reply ? 'Gladly. We write again in four days.' : 'Then we ask no more.');
    await seq.sleep('4 days');
    await seq.send('This was the last day of our offer.');
  },
});

const price = definePlugin({
  name: 'price',
  async onMessage(ctx, { text = '' }) {
    if (!/price/i.test(text)) return 'pass';
    await ctx.send('Nine euros.');
    ctx.emit('price.asked');
    return 'handled';
  },
});

export default defineBot({ plugins: [price], sequences: [week] });
