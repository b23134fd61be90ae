import { Command } from 'commander';
import { broadcastCommand } from './commands/broadcast.ts';
import { checkCommand } from './commands/check.ts';
import { contactsCommand } from './commands/contacts.ts';
import { deadCommand } from './commands/dead.ts';
import { demoCommand } from './commands/demo.ts';
import { devCommand } from './commands/dev.ts';
import { funnelCommand } from './commands/funnel.ts';
import { leadsCommand } from './commands/leads.ts';
import { pagesCommand } from './commands/pages.ts';
import { profileCommand } from './commands/profile.ts';
import { serveCommands } from './commands/serve.ts';
import { simulatorCommand } from './commands/simulator.ts';
import { subscribeCommand } from './commands/subscribe.ts';
import { doctorCommand } from './doctor/index.ts';

/** The `everthread` program with all commands. */
export function createProgram(): Command {
  const program = new Command('everthread')
    .description('A durable, code-first runtime for Messenger bots.')
    .version('0.1.0')
    .showHelpAfterError('(everthread --help lists the commands)')
    .configureHelp({ showGlobalOptions: false });
  const commands = [
    devCommand(),
    ...serveCommands(),
    simulatorCommand(),
    demoCommand(),
    doctorCommand(),
    pagesCommand(),
    subscribeCommand(),
    profileCommand(),
    checkCommand(),
    leadsCommand(),
    contactsCommand(),
    broadcastCommand(),
    funnelCommand(),
    deadCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}
