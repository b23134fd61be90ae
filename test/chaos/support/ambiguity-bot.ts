import { defineBot, definePlugin, defineSequence } from 'everthread';

/** Answers directly (at-least-once) or by a sequence (at-most-once), as the person asks. */
export default defineBot({
  // The crowd writes faster than people do.
  brake: false,
  plugins: [
    definePlugin({
      name: 'either',
      async onMessage(ctx, message) {
        if (message.text === 'at-least-once') await ctx.send('Said directly');
        else await ctx.startSequence('follow-up');
        return 'handled';
      },
    }),
  ],
  sequences: [
    defineSequence({
      name: 'follow-up',
      async run(seq) {
        await seq.send('Said by a sequence');
      },
    }),
  ],
});
