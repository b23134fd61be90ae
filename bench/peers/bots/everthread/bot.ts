/** The same echo bot for everthread: `everthread start` stores, dispatches, checks Meta's policy and sends. */

import { defineBot, definePlugin } from 'everthread';

export default defineBot({
  brake: false, // the load writes faster than people do
  plugins: [
    definePlugin({
      name: 'echo',
      async onMessage(ctx, message) {
        await ctx.send(`You said: ${message.text}`);
        return 'handled';
      },
    }),
  ],
});
