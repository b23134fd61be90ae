/** A bot that gathers bursts and brakes early, so that tests need not write much. It says what it was asked. */

import { defineBot, definePlugin } from 'everthread';

export default defineBot({
  gather: '150ms',
  brake: 10,
  plugins: [
    definePlugin({
      name: 'parrot',
      state: { observed: 0 },
      observe(ctx, { kind }) {
        if (kind === 'message') ctx.state.observed += 1;
      },
      async onMessage(ctx, { text = '', attachments }) {
        const files = attachments.map(({ type }) => `[${type}]`).join('');
        await ctx.send(`${ctx.state.observed} ${files}${text.replaceAll('\n', ' / ')}`);
        return 'handled';
      },
      async onPostback(ctx, { payload = '' }) {
        await ctx.send(`tapped ${payload}`);
        return 'handled';
      },
    }),
  ],
});
