/** A bot that waits with each person for their parcel, and greets in the evening; `../an-order-that-ships.ts` is the shop. */

import { defineBot, definePlugin, defineSequence, utility } from 'everthread';
import { broadcast } from 'everthread/plugins';

const orders = definePlugin({
  name: 'orders',
  async onMessage(ctx, { text = '' }) {
    const order = /^order (\d{1,10})$/i.exec(text)?.[1];
    if (order === undefined) return 'pass';
    ctx.link('shop', order);
    await ctx.startSequence('parcel', { order });
    await ctx.send(`I will tell you when order ${order} leaves.`);
    return 'handled';
  },
});

const parcel = defineSequence({
  name: 'parcel',
  async run(seq) {
    const { order } = seq.data as { order: string };
    const orderedAt = seq.now;
    const shipped = await seq.waitFor('order.shipped', '5 days');
    const days = String(Math.round((seq.now - orderedAt) / 86_400_000));
    // Meta's window has closed long ago: only an approved template may go out.
    await seq.send(utility(shipped ? 'order_shipped' : 'order_late', { order, days }));
  },
});

/** Every evening, by the clock of each person who has written within a day. */
const evening = broadcast({
  name: 'evening',
  to: { activeWithin: '24 hours' },
  say: 'Our shop is open until ten tonight.',
  every: { at: '20:00' },
});

export default defineBot({
  plugins: [orders],
  sequences: [parcel],
  broadcasts: [evening],
  topics: { 'order.shipped': true },
});
