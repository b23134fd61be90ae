/** Every bundled plugin once, with its options set. */

import { defineBot } from 'everthread';
import { choice, date, faq, followUp, handoff, leadCapture, number, phone, text, welcome } from 'everthread/plugins';

export default defineBot({
  plugins: [
    handoff({ on: /human/gi, text: 'A colleague comes.', silentFor: '2 hours' }),
    welcome({ text: 'Welcome!', payload: 'BEGIN' }),
    leadCapture({
      name: 'booking',
      on: /book/i,
      cancelOn: /never mind/i,
      fields: {
        size: choice('Which size?', ['Small', 'Large']),
        people: number('How many?', { least: 1, most: 8 }, 'Between 1 and 8, please.'),
        day: date('When?'),
        phone: phone('Your number?'),
      },
      done: 'Booked.',
      cancelled: 'Forgotten.',
    }),
    leadCapture({ on: /price/g, fields: { name: text('Your name?') } }),
    faq([
      { match: /open/gi, answer: 'From 9 to 5.' },
      { match: /open|hours/i, answer: 'The second answer.' },
      {
        match: /photo/y,
        answer: { text: 'Which?', quick_replies: [{ content_type: 'text', title: 'Open', payload: 'X' }] },
      },
    ]),
  ],
  sequences: [
    followUp({
      name: 'reminder',
      startOn: 'booking.cancelled',
      steps: [
        { after: '1 hour', say: 'Changed your mind?' },
        { after: '2 hours', say: 'A table is still free.' },
      ],
    }),
  ],
});
