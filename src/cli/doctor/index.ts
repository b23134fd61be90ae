import { Command } from 'commander';
import { say } from '../terminal.ts';
import type { Finding } from './check.ts';
import { toJson, formatFinding, summarize } from './report.ts';
import { runDoctor } from './run-doctor.ts';

interface DoctorCommandOptions {
  readonly callbackUrl?: string;
  readonly json?: true;
}

/** `everthread doctor`: checks everything that a Page needs before it can use the bot. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check everything that must hold before a Page can use the bot; exit 1 if something is wrong.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option(
      '--callback-url <url>',
      'the public https address of /webhook (default: what Meta has, with MESSENGER_APP_ID)',
    )
    .option('--json', 'print the findings as data')
    .addHelpText(
      'after',
      '\nok: the check passed. error: the line says what to do. warning: look at it yourself. skip: another check comes first.\n' +
        'docs/doctor.md explains every line.\n' +
        '\nExample:\n  everthread doctor ./bot.ts --callback-url https://bot.example/webhook',
    )
    .action(async (bot: string | undefined, options: DoctorCommandOptions) => {
      const findings: Finding[] = [];
      for await (const finding of runDoctor({ env: process.env, bot, callbackUrl: options.callbackUrl })) {
        findings.push(finding);
        if (!options.json) say(formatFinding(finding));
      }
      say(options.json ? toJson(findings) : `\n  ${summarize(findings)}`);
      if (findings.some(({ status }) => status === 'error')) process.exitCode = 1;
    });
}
