import { defineBot, definePlugin } from 'everthread';

/** Answers every message once, by name, so that answers can be counted. */
export default defineBot({
  // The crowd writes faster than people do.
  brake: false,
  plugins: [
    definePlugin({
      name: 'answer',
      async onMessage(ctx, message) {
        await ctx.send(`Answer to ${message.text}`);
        return 'handled';
      },
    }),
  ],
});
