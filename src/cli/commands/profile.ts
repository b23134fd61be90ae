import { join } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { createCallBudget, PROFILE_CALLS } from '../../graph/call-budget.ts';
import { createGraphApi } from '../../graph/graph-api.ts';
import { reconcileProfile } from '../../graph/profile/reconcile-profile.ts';
import type { MessengerProfile } from '../../messenger/profile.ts';
import { chosenPages, graphOf, requireGraphApi } from '../page-choice.ts';
import { readBot } from '../read-bot.ts';
import { progress, say } from '../terminal.ts';

/** `everthread profile`: compares and applies the Messenger profile. */
export function profileCommand(): Command {
  return new Command('profile')
    .description(
      "Compare the bot's profile with what its Pages show: Get Started, greeting, ice breakers, menu, commands.",
    )
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option('--apply', 'write the profile of the bot to the Pages')
    .option('--page <id>', 'only this Page')
    .addHelpText(
      'after',
      '\nMeta takes 10 calls in 10 minutes per Page; they are counted in .everthread. Parts that the bot does not name are deleted;\n' +
        'whitelisted domains and the account linking address stay as they are.\n' +
        '\nExample:\n  everthread profile ./bot.ts --apply',
    )
    .action(async (bot: string | undefined, options: { apply?: true; page?: string }) => {
      const config = loadConfig(process.env, { needs: ['send'], warn: progress });
      const pages = chosenPages(config, options.page);
      await requireGraphApi(config);
      const wanted = await profileOf(bot ?? config.bot);
      const api = createGraphApi(graphOf(config));
      const reserveCalls = createCallBudget({ folder: join('.everthread', 'profile-calls'), ...PROFILE_CALLS });
      try {
        for (const page of pages) {
          const report = (sentence: string) => say(`${page.label}: ${sentence}`);
          const isDone = await reconcileProfile({
            api,
            reserveCalls,
            page,
            wanted,
            isApplied: options.apply ?? false,
            report,
            show: say,
          });
          if (!isDone) process.exitCode = 1;
        }
      } finally {
        await api.close();
      }
    });
}

async function profileOf(botFile: string): Promise<MessengerProfile> {
  const { profile } = await readBot(botFile);
  if (profile) return profile;
  throw new BotError(
    'profile_missing',
    `${botFile} has no profile, and everthread deletes none without being told to. Write: profile: messengerProfile({ … })`,
  );
}
