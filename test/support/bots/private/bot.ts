/** Puts what a person writes wherever a bot can put it: state, sends, leads, topics, sequences, activities and their errors. */

import { declareActivities, defineBot, definePlugin, defineSequence } from 'everthread';
import type { activities } from './activities.ts';

const parrot = definePlugin<{ heard: string[] }, typeof activities>({
  name: 'parrot',
  state: { heard: [] },
  activities: declareActivities<typeof activities>({ refuse: {} }),
  async onMessage(ctx, { text = '' }) {
    ctx.state.heard.push(text);
    await ctx.send(`You wrote ${text}`);
    await ctx.saveLead('wish', { wish: text });
    ctx.emit('wished', { text });
    await ctx.activities.refuse(text).catch(() => ctx.send('That did not work'));
    ctx.wakeAt(ctx.now + 3_600_000, text);
    if (text.includes('hand')) ctx.handOver({ reason: `wishes ${text}` });
    return 'handled';
  },
});

const reminder = defineSequence({
  name: 'reminder',
  startOn: 'wished',
  async run(seq) {
    const { text } = seq.data as { text: string };
    await seq.send(`Zettelkasten for ${text}`);
    await seq.sleep('2 days');
    await seq.send(`Still ${text}?`);
  },
});

const broken = defineSequence({
  name: 'broken',
  startOn: 'wished',
  async run(seq) {
    throw new Error(`Nobody has ${(seq.data as { text: string }).text}`);
  },
});

export default defineBot({ plugins: [parrot], sequences: [reminder, broken] });
