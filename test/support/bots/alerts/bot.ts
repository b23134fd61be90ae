/** A bot whose parts fail when somebody says so. */

import { defineBot, definePlugin, defineSequence } from 'everthread';

const orders = definePlugin({
  name: 'orders',
  async onMessage(ctx, { text }) {
    if (text === 'break') throw new Error('on purpose');
    if (text !== 'start') return 'pass';
    await ctx.startSequence('unlucky');
    return 'handled';
  },
});

const unlucky = defineSequence({
  name: 'unlucky',
  async run() {
    throw new Error('on purpose');
  },
});

export default defineBot({ plugins: [orders], sequences: [unlucky], fallback: 'Sorry?' });
