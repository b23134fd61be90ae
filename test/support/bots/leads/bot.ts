/** Takes leads with all that lead capture can do. */

import { defineBot } from 'everthread';
import { email, faq, leadCapture, text } from 'everthread/plugins';

export default defineBot({
  plugins: [
    leadCapture({
      on: /price/i,
      consent: { text: 'May we keep your answers?', agree: 'I agree' },
      fields: { email: email('Your e-mail?'), name: text('Your name?') },
      labels: { email: 'E-mail' },
      confirm: true,
      save: 'saveToCrm',
      done: 'Thanks.',
      quietHours: { from: '21:00', to: '08:00', timeZone: 'UTC' },
    }),
    faq([{ match: /open/i, answer: 'From 9 to 5.' }]),
  ],
  fallback: 'Sorry?',
});
