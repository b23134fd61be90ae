/** Says what "stop" and "start" do; a form and an echo of all else show that nobody else answers them. */

import { defineBot, definePlugin, defineSequence } from 'everthread';
import { leadCapture, optOut, text } from 'everthread/plugins';

const listener = definePlugin({
  name: 'listener',
  state: { topics: [] as string[] },
  async onMessage(ctx, message) {
    if (message.text !== 'topics') return 'pass';
    await ctx.send(ctx.state.topics.join(' ') || 'none');
    return 'handled';
  },
  onTopic(ctx, topic) {
    ctx.state.topics.push(topic.name);
  },
});

/** Goes on whatever happens, as a careless one would. */
const offers = defineSequence({
  name: 'offers',
  startOn: 'lead-capture.completed',
  async run(seq) {
    for (;;) {
      await seq.sleep('2 hours');
      await seq.send('An offer!');
    }
  },
});

export default defineBot({
  plugins: [
    optOut({
      texts: { default: { stopped: 'Stopped.', started: 'Started.' } },
      words: { stop: ['Leave me alone'], start: ['Come back'] },
    }),
    leadCapture({ on: /price/i, fields: { name: text('Your name?') }, done: 'Thanks.' }),
    listener,
  ],
  sequences: [offers],
  fallback: 'Sorry?',
});
