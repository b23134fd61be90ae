/** A small shop: answers frequent questions, takes leads, follows up, and calls an operator when the person wants one. */

import { defineBot } from 'everthread';
import { email, faq, handoff, leadCapture, text, welcome } from 'everthread/plugins';
import { springOffer } from './spring-offer.ts';

export default defineBot({
  plugins: [
    handoff({ on: /human|agent|person/i }),
    welcome({ text: 'Hi! Ask me about hours or prices.' }),
    leadCapture({
      on: /price|quote/i,
      fields: {
        email: email('Which e-mail may we write to?'),
        name: text('And your name?'),
      },
      done: 'Thank you! We will send you our prices.',
    }),
    faq([
      { match: /open|hours/i, answer: 'We are open 9 to 5, Monday to Friday.' },
      { match: /ship|deliver/i, answer: 'We ship within two days.' },
    ]),
  ],
  sequences: [springOffer],
  fallback: 'Sorry, I did not get that. Write "human" to reach a person.',
});
