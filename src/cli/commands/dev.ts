import { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { startDev } from '../../dev/index.ts';
import { createLog } from '../../log.ts';
import { progress, say, untilAskedToStop } from '../terminal.ts';

export function devCommand(): Command {
  return new Command('dev')
    .description('Run everything on this machine: Temporal with its UI, the simulator, and the bot.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .addHelpText('after', '\nExample:\n  everthread dev ./bot.ts')
    .action(async (bot?: string) => {
      const config = loadConfig(process.env, { warn: progress });
      // The banner and what goes wrong; everything else when it is asked for.
      const level = process.env['LOG_LEVEL'] ? config.logLevel : 'warn';
      const log = createLog({ level, isPretty: process.stdout.isTTY });
      const stopAsked = untilAskedToStop();
      const starting = startDev({
        bot: bot ?? config.bot,
        config,
        temporalCli: process.env['TEMPORAL_CLI'],
        log,
        progress,
      });
      const dev = await starting;
      say(banner(dev.addresses));
      try {
        await Promise.race([stopAsked, dev.failed]);
        progress('Stopping …');
      } finally {
        await dev.stop();
      }
    });
}

function banner({ url, temporalUiUrl }: { url: string; temporalUiUrl: string }): string {
  return [
    '',
    '  everthread is running.',
    '',
    `  Simulator     ${url}/simulator    chat with the bot here`,
    `  Temporal UI   ${temporalUiUrl}              every conversation, what it said and what it waits for`,
    `  Webhook       ${url}/webhook`,
    '',
    '  Ctrl-C stops it; what it knows stays in .everthread.',
    '',
  ].join('\n');
}
