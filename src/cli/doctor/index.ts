import { Command } from 'commander';
import { say } from '../terminal.ts';
import type { Finding } from './check.ts';
import { examine } from './examine.ts';
import { json, line, summary } from './report.ts';

interface DoctorOptions {
  readonly callbackUrl?: string;
  readonly json?: true;
}

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
      '\nok: it holds. wrong: what to do stands behind it. look: a person should look. skip: something else comes first.\n' +
        'docs/doctor.md explains every line.\n' +
        '\nExample:\n  everthread doctor ./bot.ts --callback-url https://bot.example/webhook',
    )
    .action(async (bot: string | undefined, options: DoctorOptions) => {
      const findings: Finding[] = [];
      for await (const finding of examine({ env: process.env, bot, callbackUrl: options.callbackUrl })) {
        findings.push(finding);
        if (!options.json) say(line(finding));
      }
      say(options.json ? json(findings) : `\n  ${summary(findings)}`);
      if (findings.some(({ status }) => status === 'wrong')) process.exitCode = 1;
    });
}
