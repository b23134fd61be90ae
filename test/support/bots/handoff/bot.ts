/** Calls a colleague, and says when none came. */

import { defineBot, definePlugin } from 'everthread';
import { handoff } from 'everthread/plugins';

const listener = definePlugin({
  name: 'listener',
  state: { topics: [] as string[] },
  async onMessage(ctx, message) {
    if (message.text !== 'topics') return 'pass';
    await ctx.send(ctx.state.topics.join(' ') || 'none');
    return 'handled';
  },
  onTopic(ctx, topic) {
    if (topic.name.startsWith('handoff.')) ctx.state.topics.push(topic.name);
  },
});

export default defineBot({
  plugins: [
    handoff({
      on: /human/i,
      text: 'A colleague comes.',
      silentFor: '2 hours',
      afterMisses: 3,
      nobodyCame: 'Nobody was free. Can I help?',
      passThread: true,
    }),
    listener,
  ],
  fallback: 'Sorry?',
});
