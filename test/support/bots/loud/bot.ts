/** A bot that prints, fails, and tells what its activities can see. */

import { defineBot, definePlugin, declareActivities } from 'everthread';
import type { activities } from './activities.ts';

console.log('printed while the bot is loaded\nin two lines');

export default defineBot({
  brake: false,
  plugins: [
    definePlugin({
      name: 'loud',
      activities: declareActivities<typeof activities>({
        environment: {},
        prints: {},
        throws: { retry: { maximumAttempts: 1 } },
      }),
      async onMessage(ctx, { text = '' }) {
        if (text === 'environment') {
          const environment = JSON.parse(await ctx.activities.environment()) as Record<string, string>;
          ctx.log.warn('environment', { names: Object.keys(environment), values: Object.values(environment) });
        }
        if (text === 'print') {
          console.log('\u001B[1mprinted by a hook\n{"level":60,"msg":"an imitation"}');
          await ctx.activities.prints();
        }
        if (text === 'fail') await ctx.activities.throws();
        if (text === 'throw') throw new Error('The hook says:\n{"level":60,"msg":"an imitation"}');
        return 'pass';
      },
    }),
  ],
  fallback: 'Heard.',
});
