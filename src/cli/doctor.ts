import { Command } from 'commander';
import { checkConfig, type ConfigFor, type PageConfig } from '../config.ts';
import {
  botCheck,
  nodeCheck,
  storeCheck,
  temporalCheck,
  tokenCheck,
  subscriptionCheck,
  webhookCheck,
} from './doctor-checks.ts';
import type { Finding } from './doctor-checks.ts';
import { say } from './terminal.ts';

/** What must hold before a Page can use the bot, in the order in which one trouble hides the next. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check everything that must hold before a Page can use the bot; exit 1 if something is wrong.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .addHelpText('after', '\nExample:\n  everthread doctor ./bot.ts')
    .action(async (bot?: string) => {
      const { config, problems, warnings } = checkConfig(process.env, { needs: ['webhook', 'send'] });
      const findings: Finding[] = [nodeCheck()];
      for (const { message } of problems) findings.push({ isOk: false, what: 'environment', detail: message });
      for (const warning of warnings) findings.push({ isOk: true, what: 'environment', detail: warning });
      if (config)
        findings.push({ isOk: true, what: 'environment', detail: 'complete' }, ...(await furtherChecks(config, bot)));
      else findings.push({ isOk: false, what: 'the rest', detail: 'not checked: repair the environment first.' });
      for (const finding of findings) say(line(finding));
      if (findings.some(({ isOk }) => !isOk)) process.exitCode = 1;
    });
}

async function furtherChecks(config: ConfigFor<'webhook' | 'send'>, bot?: string): Promise<Finding[]> {
  return [
    await botCheck(bot ?? config.bot),
    await storeCheck(config),
    await temporalCheck(),
    ...(await Promise.all(config.pages.map((page) => pageChecks(config, page)))).flat(),
    await webhookCheck(config),
  ];
}

async function pageChecks(config: ConfigFor<'webhook' | 'send'>, page: PageConfig): Promise<Finding[]> {
  const token = await tokenCheck(config, page);
  return token.isOk ? [token, await subscriptionCheck(config, page)] : [token];
}

function line({ isOk, what, detail }: Finding): string {
  return `  ${isOk ? 'ok   ' : 'wrong'}  ${what.padEnd(12)} ${detail}`;
}
