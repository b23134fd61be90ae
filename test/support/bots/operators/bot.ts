/** Hands over to operators when asked; a language model answers the rest. */

import { defineBot } from 'everthread';
import { assistant, handoff } from 'everthread/plugins';

export default defineBot({
  plugins: [handoff({ on: /human/i, text: 'A colleague comes.', silentFor: '3 days' }), assistant()],
  fallback: 'Sorry?',
});
