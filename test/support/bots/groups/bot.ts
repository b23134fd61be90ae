/** Who is in which group, what groups are told, when it is quiet, and how far people get. */

import { defineBot, definePlugin } from 'everthread';
import { analytics, broadcast, followUp, handoff, segments } from 'everthread/plugins';

/** "order", "next", "done": topics with which `analytics` has something to count. */
const order = definePlugin({
  name: 'order',
  async onMessage(ctx, { text }) {
    if (text === 'order') ctx.emit('order.started');
    if (text === 'next') ctx.emit('order.asked', { field: 'size' });
    if (text === 'mail') ctx.emit('order.asked', { field: 'ana@shop.example' });
    if (text === 'done') ctx.emit('order.completed');
    return 'pass';
  },
});

/** Says something of its own two hours after "remind". */
const reminder = definePlugin({
  name: 'reminder',
  async onMessage(ctx, { text }) {
    if (text !== 'remind') return 'pass';
    ctx.wakeAt(ctx.now + 2 * 3_600_000);
    ctx.emit('reminder.set');
    await ctx.send(ctx.quietUntil === undefined ? 'I will.' : 'I will, in the morning.');
    return 'handled';
  },
  onWake: async (ctx) => void (await ctx.send('The plugin reminds you.')),
});

export default defineBot({
  plugins: [
    segments({
      rules: [
        { says: /buy/i, tag: 'buyer' },
        { says: /night/i, tag: 'night-owl' },
        { says: /regret/i, untag: 'buyer' },
        { topic: 'handoff', tag: 'asked-for-a-person' },
        { topic: 'order.asked', where: { field: 'size' }, tag: 'knows-size' },
        { ref: 'fair', tag: 'met-at-fair' },
        { event: 'reaction', tag: 'fan' },
      ],
    }),
    handoff({ on: /human/i, text: 'A colleague comes.' }),
    order,
    reminder,
    analytics({ funnels: { order: ['order.started', 'order.asked:field', 'order.completed'] } }),
  ],
  sequences: [
    followUp({
      name: 'later',
      startOn: 'reminder.set',
      steps: [{ after: '3 hours', say: 'The sequence reminds you.' }],
    }),
  ],
  segments: { buyers: { all: ['buyer'], activeWithin: '3 days' } },
  broadcasts: [
    broadcast({ name: 'sale', to: 'buyers', say: 'Mugs are half price today.', perSecond: 40 }),
    broadcast({
      name: 'nightly',
      to: { all: ['night-owl'] },
      say: 'Good evening!',
      every: { at: '20:00' },
      quietHours: { from: '00:00', to: '00:00', timeZone: 'Europe/Lisbon' },
    }),
    broadcast({
      name: 'survey',
      to: { any: ['met-at-fair'] },
      async run(seq) {
        await seq.send('How was the fair?');
        const reply = await seq.waitForReply('2 days');
        await seq.send(reply ? 'Thank you!' : 'See you next year.');
      },
    }),
  ],
  quietHours: { from: '21:00', to: '08:00' },
});
