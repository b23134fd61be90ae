/** Greets by where people come from. */

import { defineBot } from 'everthread';
import { faq, welcome } from 'everthread/plugins';

export default defineBot({
  plugins: [
    welcome({
      text: 'Welcome!',
      refs: { spring: 'Welcome to our spring sale!', '6411900112244': 'You saw our wheels.' },
      again: 'Good to see you again.',
    }),
    faq([{ match: /open/i, answer: 'From 9 to 5.' }]),
  ],
  fallback: 'Sorry?',
});
