/** Two menus: one of quick replies, one of buttons that stay. */

import { buttonMessage, defineBot, definePlugin, defineSequence, postbackButton } from 'everthread';
import { menu, menuPayload, welcome } from 'everthread/plugins';

/** Tells what the menu told. */
const listener = definePlugin({
  name: 'listener',
  async onTopic(ctx, topic) {
    if (topic.name === 'prices.asked') await ctx.send(`heard ${topic.name} ${JSON.stringify(topic.data)}`);
  },
});

const reminder = defineSequence({
  name: 'reminder',
  async run(seq) {
    await seq.sleep('2 hours');
    await seq.send('You wanted to be reminded.');
  },
});

export default defineBot({
  plugins: [
    welcome({ text: buttonMessage('Welcome!', [postbackButton('Delivery', menuPayload('main', 'more/delivery'))]) }),
    menu({
      name: 'main',
      on: /menu|help/i,
      text: 'What can I do for you?',
      choices: [
        { title: 'Opening hours', answer: 'From 9 to 5.' },
        { title: 'Prices', emits: 'prices.asked', answer: 'From 5 €.' },
        {
          title: 'More',
          text: 'What else?',
          choices: [
            { title: 'Delivery', answer: 'Two days.' },
            { title: 'Remind me', starts: 'reminder', answer: 'I will.' },
            { title: 'A person', handsOver: '2 hours', answer: 'A colleague comes.' },
            { title: 'Gifts', text: 'For whom?', choices: [{ title: 'For a child', answer: 'A kite.' }] },
          ],
        },
      ],
    }),
    menu({
      name: 'repairs',
      on: /repair/i,
      show: 'buttons',
      more: 'And these:',
      text: 'What is broken?',
      gone: 'We no longer do that.',
      choices: [
        { title: 'Bell', answer: 'Send us a picture.' },
        {
          title: 'Wheel',
          text: 'Which one?',
          choices: [
            { title: 'Front wheel', answer: '20 €.' },
            { title: 'Rear wheel', id: 'rear', answer: '30 €.' },
          ],
        },
        { title: 'Chain', answer: '15 €.' },
        { title: 'Saddle', answer: '25 €.' },
      ],
    }),
    listener,
  ],
  sequences: [reminder],
  fallback: 'Sorry?',
});
