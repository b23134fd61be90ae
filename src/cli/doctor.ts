import { Command } from 'commander';
import { checkConfig, type ConfigFor } from '../config.ts';
import { createGraphApi } from '../graph/graph-api.ts';
import type { PageAccess } from '../graph/messenger-profile.ts';
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
import { chosenPages, graphOf } from './page-choice.ts';
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
  const { finding, fields } = await botCheck(bot ?? config.bot);
  const api = createGraphApi(graphOf(config));
  const pageChecks = async (page: PageAccess): Promise<Finding[]> => {
    const token = await tokenCheck(api, page);
    return token.isOk ? [token, await subscriptionCheck(api, page, config.appId, fields)] : [token];
  };
  try {
    return [
      finding,
      await storeCheck(config),
      await temporalCheck(),
      ...(await Promise.all(chosenPages(config).map(pageChecks))).flat(),
      await webhookCheck(config),
    ];
  } finally {
    await api.close();
  }
}

function line({ isOk, what, detail }: Finding): string {
  return `  ${isOk ? 'ok   ' : 'wrong'}  ${what.padEnd(12)} ${detail}`;
}
