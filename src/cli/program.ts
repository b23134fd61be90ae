import { Command } from 'commander';
import { broadcastCommand } from './broadcast.ts';
import { checkCommand } from './check.ts';
import { contactsCommand } from './contacts.ts';
import { demoCommand } from './demo.ts';
import { devCommand } from './dev.ts';
import { doctorCommand } from './doctor.ts';
import { funnelCommand } from './funnel.ts';
import { leadsCommand } from './leads.ts';
import { pagesCommand } from './pages.ts';
import { profileCommand } from './profile.ts';
import { simulatorCommand } from './simulator.ts';
import { serveCommands } from './serve.ts';
import { subscribeCommand } from './subscribe.ts';

/** `everthread` with all its commands. */
export function createProgram(): Command {
  const program = new Command('everthread')
    .description('A durable, code-first runtime for Messenger bots.')
    .version('0.1.0')
    .showHelpAfterError('(everthread --help shows what there is)')
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
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}
