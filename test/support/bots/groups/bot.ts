/** Who is in which group, and what groups are told. */
import { defineBot } from 'everthread';
import { broadcast, handoff, segments } from 'everthread/plugins';

export default defineBot({
  plugins: [
    segments({
      rules: [
        { says: /buy/i, tag: 'buyer' },
        { says: /regret/i, untag: 'buyer' },
        { topic: 'handoff', tag: 'asked-for-a-person' },
        { ref: 'fair', tag: 'met-at-fair' },
        { event: 'reaction', tag: 'fan' },
      ],
    }),
    handoff({ on: /human/i, text: 'A colleague comes.' }),
  ],
  segments: { buyers: { all: ['buyer'], activeWithin: '3 days' } },
  broadcasts: [
    broadcast({ name: 'sale', to: 'buyers', say: 'Mugs are half price today.', perSecond: 40 }),
    broadcast({
      name: 'survey',
      to: { any: ['met-at-fair'] },
      async run(seq) {
        await seq.send('How was the fair?');
        const reply = await seq.waitForReply('2 days');
        await seq.send(reply ? 'Thank you!' : 'See you next year.');
      },
    }),
  ],
});
