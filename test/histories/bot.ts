/** Every bundled plugin, for talks that are recorded and replayed: `npm run histories`. */

import { defineBot } from 'everthread';
import {
  analytics,
  assistant,
  broadcast,
  email,
  faq,
  followUp,
  form,
  handoff,
  leadCapture,
  menu,
  number,
  optOut,
  segments,
  text,
  welcome,
} from 'everthread/plugins';

export default defineBot({
  plugins: [
    segments({ rules: [{ says: /mug/i, tag: 'likes-mugs' }] }),
    optOut(),
    handoff({ on: /human/i, text: 'A colleague comes.', silentFor: '2 hours' }),
    welcome({ text: 'Hi! Ask me about hours or prices.' }),
    leadCapture({
      on: /price/i,
      fields: { email: email('Which e-mail may we write to?'), name: text('And your name?') },
      done: 'Thank you!',
    }),
    form({ name: 'order', on: /order/i, fields: { mugs: number('How many mugs?') }, done: 'Ordered.' }),
    menu({
      name: 'main',
      on: /menu/i,
      text: 'What can I do for you?',
      choices: [
        { title: 'Delivery', answer: 'Two days.' },
        { title: 'More', text: 'What else?', choices: [{ title: 'Gifts', answer: 'A kite.' }] },
      ],
    }),
    faq([{ match: /hours/i, answer: 'We are open 9 to 5.' }]),
    analytics({ funnels: { lead: ['lead-capture.started', 'lead-capture.completed'] } }),
    assistant(),
  ],
  sequences: [
    followUp({
      name: 'spring-offer',
      startOn: 'lead-capture.completed',
      steps: [
        { after: '2 hours', say: 'Any questions about our offer?' },
        { after: '18 hours', say: 'Our spring offer ends tonight.' },
      ],
    }),
  ],
  segments: { mugs: { all: ['likes-mugs'] } },
  broadcasts: [broadcast({ name: 'sale', to: 'mugs', say: 'Mugs are half price today.' })],
  fallback: 'Sorry?',
});
