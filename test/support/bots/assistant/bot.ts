/** A language model answers what the FAQ does not know. */

import { defineBot } from 'everthread';
import { assistant, faq } from 'everthread/plugins';

export default defineBot({
  plugins: [faq([{ match: /hours/i, answer: 'From 9 to 5.' }]), assistant({ answersPerDay: 6, longestMessage: 100 })],
  fallback: 'Sorry?',
});
