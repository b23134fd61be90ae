import { definePlugin, defineSequence } from 'everthread';
import { handoff } from 'everthread/plugins';

/** Waits until the shop reports the order, and says so. */
const parcel = defineSequence({
  name: 'parcel',
  async run(seq) {
    const { order } = seq.data as { order: string };
    if (await seq.waitFor('order.shipped', '1 day')) await seq.send(`Order ${order} has left.`);
  },
});

const orders = definePlugin({
  name: 'orders',
  async onMessage(ctx, { text = '' }) {
    const order = /^order (\d+)$/.exec(text)?.[1];
    if (order === undefined) return 'pass';
    ctx.link('shop', order);
    await ctx.startSequence('parcel', { order });
    await ctx.send(`Answer to ${text}`);
    return 'handled';
  },
});

const answer = definePlugin({
  name: 'answer',
  async onMessage(ctx, { text }) {
    await ctx.send(`Answer to ${text}`);
    return 'handled';
  },
});

/** Hands over, takes orders, and answers everything else by name. */
export const PLUGINS = [handoff({ on: /^human$/, text: 'A colleague comes.' }), orders, answer];
/** What the plugins begin. */
export const SEQUENCES = [parcel];
