/** The bot of `bot.ts` a year later: wheels are still repaired, rear wheels under another title, front wheels are not. */

import { defineBot } from 'everthread';
import { menu } from 'everthread/plugins';

export default defineBot({
  plugins: [
    menu({
      name: 'repairs',
      show: 'buttons',
      text: 'What is broken?',
      gone: 'We no longer do that.',
      choices: [
        {
          title: 'Wheel',
          text: 'Which one?',
          choices: [{ title: 'The one behind', id: 'rear', answer: '35 €.' }],
        },
        { title: 'Lamp', answer: '10 €.' },
      ],
    }),
  ],
  fallback: 'Sorry?',
});
