import { Command } from 'commander';
import { loadConfig, takeSecrets } from '../../config/index.ts';
import { startDev } from '../../dev/index.ts';
import type { DevAddresses } from '../../dev/running-dev.ts';
import { createLog } from '../../log.ts';
import { temporalCliIn } from '../../temporal/cli/index.ts';
import { endProcessAfter, progress, say, untilAskedToStop } from '../terminal.ts';

/** `everthread dev`: runs everything on this machine. */
export function devCommand(): Command {
  return new Command('dev')
    .description('Run everything on this machine: Temporal with its UI, the simulator, and the bot.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option(
      '--public',
      'with HOST=0.0.0.0: let other machines reach the webhook; the simulator still answers this one only',
    )
    .addHelpText('after', '\nExample:\n  everthread dev ./bot.ts')
    .action((bot: string | undefined, { public: isPublic = false }: { readonly public?: boolean }) =>
      endProcessAfter(runDev(bot, isPublic)),
    );
}

async function runDev(bot: string | undefined, isPublic: boolean): Promise<void> {
  const config = loadConfig(takeSecrets(process.env), { warn: progress });
  // Besides the banner only warnings and errors, unless LOG_LEVEL asks for more.
  const level = process.env['LOG_LEVEL'] ? config.logLevel : 'warn';
  const log = createLog({ level, isPretty: process.stdout.isTTY });
  const stopAsked = untilAskedToStop();
  const starting = startDev({
    bot: bot ?? config.bot,
    config,
    isPublic,
    temporalCli: temporalCliIn(process.env),
    log,
    progress,
    hasColours: process.stderr.isTTY && !process.env['NO_COLOR'],
  });
  const dev = await starting;
  say(banner(dev.addresses));
  try {
    await Promise.race([stopAsked, dev.failed]);
    progress('Stopping …');
  } finally {
    await dev.stop();
  }
}

function banner({ url, operatorUrl, temporalUiUrl }: DevAddresses): string {
  return [
    '',
    '  everthread is running.',
    '',
    `  Simulator     ${url}/simulator    chat with the bot here`,
    `  Desk          ${operatorUrl}/desk         answer people yourself, as operators do (docs/desk.md)`,
    `  Temporal UI   ${temporalUiUrl}              every conversation, its messages and its timers`,
    `  Operator API  ${operatorUrl}/docs         for people and programs of the business (docs/operators.md)`,
    `  Webhook       ${url}/webhook`,
    '',
    '  Ctrl-C stops it; its data stays in .everthread.',
    '',
  ].join('\n');
}
