/** A bot that shows something in the thread before it says something. */

import { defineBot, definePlugin, type PluginContext } from 'everthread';

type Gesture = (ctx: PluginContext, mid: string) => void;

const GESTURES: Readonly<Record<string, Gesture>> = {
  type: (ctx) => ctx.typing(),
  love: (ctx, mid) => ctx.react(mid, '❤️'),
  regret: (ctx, mid) => (ctx.react(mid, '❤️'), ctx.unreact(mid)),
  nonsense: (ctx) => ctx.react('', ''),
  strange: (ctx) => ctx.react('m_of_somebody_else', '❤️'),
  wildly: (ctx) => Array.from({ length: 100 }, () => ctx.typing()),
};

const gestures = definePlugin({
  name: 'gestures',
  observe(ctx, event) {
    if (event.kind === 'message') ctx.markSeen();
  },
  async onMessage(ctx, { text = '', mid }) {
    if (text.startsWith('in ')) ctx.wakeAt(ctx.now + Number(text.slice(3)) * 3_600_000, mid);
    GESTURES[text]?.(ctx, mid);
    await ctx.send(`did ${text}`);
    return 'handled';
  },
  onWake(ctx, mid) {
    ctx.typing();
    ctx.react(mid, '👀');
  },
});

export default defineBot({ plugins: [gestures] });
