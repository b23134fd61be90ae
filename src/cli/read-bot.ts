import type { BotFacts } from '../temporal/bundling/bundle-bot.ts';

/** Reads the facts of a bot. Loads the bundler only now, which takes seconds: a command that needs no bot starts without it. */
export async function readBot(botFile: string): Promise<BotFacts> {
  const bundling = await import('../temporal/bundling/bundle-bot.ts');
  return bundling.readBot(botFile);
}
