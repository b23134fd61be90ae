/** Answers by patterns and by likeness; a plugin behind it may answer what it is not sure of. */

import { defineBot, definePlugin } from 'everthread';
import { faq } from 'everthread/plugins';

const later = definePlugin({
  name: 'later',
  async onMessage(ctx, message) {
    if (message.text !== 'Delivery!') return 'pass';
    await ctx.send('Later says: soon.');
    return 'handled';
  },
});

export default defineBot({
  plugins: [
    faq(
      [
        {
          match: /^hours$/i,
          questions: ['When are you open?', 'What are your opening hours?'],
          answer: 'From 9 to 5.',
        },
        { questions: ['How long does delivery take?', 'When will my order arrive?'], answer: 'Two days.' },
        { questions: ['How much does delivery cost?'], title: 'Delivery costs', answer: '5 €.' },
        { questions: ['Can I return something that I have bought?'], answer: 'Within 30 days.' },
        { match: /secret/i, answer: 'Only by its pattern.' },
      ],
      { didYouMean: 'One of these?' },
    ),
    later,
  ],
  fallback: 'Sorry?',
});
