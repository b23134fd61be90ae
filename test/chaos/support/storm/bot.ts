import { defineBot } from 'everthread';
import { PLUGINS, SEQUENCES } from './plugins.ts';

/** The bot of a storm: what everybody is answered, hears and waits for can be counted. */
export default defineBot({
  // The crowd writes faster than people do.
  brake: false,
  plugins: PLUGINS,
  sequences: SEQUENCES,
  topics: { 'order.shipped': true },
});
