/** The parts of a bot that says back whatever a person does, offers something to tap, and asks once more after two hours. */

import {
  buttonMessage,
  defineBot,
  definePlugin,
  defineSequence,
  postbackButton,
  quickReply,
  textMessage,
  type Sayable,
} from 'everthread';

const later = defineSequence({
  name: 'later',
  async run(seq) {
    await seq.sleep('2 hours');
    await seq.send('Still there?');
    await seq.sleep('22 hours');
    await seq.send('Good bye.');
  },
});

const ANSWERS: Readonly<Record<string, Sayable>> = {
  buttons: buttonMessage('Which?', [postbackButton('It\'s "this"', 'THIS')]),
  choice: textMessage('Now?', [quickReply('Yes 👍', 'YES'), quickReply('No')]),
};

/** The bot; `greeting` answers the question for the person's name. */
export const echoBot = (greeting: (name: string) => string) => {
  const echo = definePlugin({
    name: 'echo',
    async onMessage(ctx, { text = '', attachments, quickReply: tapped }) {
      if (text === 'later') await ctx.startSequence('later');
      else if (text === 'name') await ctx.send(greeting(ctx.contact.firstName ?? 'nobody'));
      else if (tapped !== undefined) await ctx.send(`tapped ${tapped}`);
      else await ctx.send(ANSWERS[text] ?? `${text}${attachments.map(({ type }) => `[${type}]`).join('')}`);
      return 'handled';
    },
    async onPostback(ctx, { payload = '', referral }) {
      await ctx.send(`payload ${payload} ${referral?.ref ?? ''}`.trim());
      return 'handled';
    },
    async onEvent(ctx, event) {
      if (event.kind === 'referral') await ctx.send(`from ${event.referral.ref}`);
      else if (event.kind === 'reaction') await ctx.send(`${event.action} ${event.reaction ?? ''}`.trim());
      else return 'pass';
      return 'handled';
    },
  });
  return defineBot({
    plugins: [echo],
    sequences: [later],
    profile: {
      get_started: { payload: 'HELLO' },
      persistent_menu: [
        { locale: 'default', call_to_actions: [{ type: 'postback', title: 'Our hours', payload: 'HOURS' }] },
      ],
    },
  });
};
