import { defineBot, definePlugin } from 'everthread';
import { PLUGINS, SEQUENCES } from './plugins.ts';

/** The same bot after a deploy: it has one plugin more, so that its code is other code. */
export default defineBot({
  brake: false,
  plugins: [...PLUGINS, definePlugin({ name: 'later', onMessage: () => Promise.resolve('pass' as const) })],
  sequences: SEQUENCES,
  topics: { 'order.shipped': true },
});
