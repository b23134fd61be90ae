import { Command } from 'commander';
import { VERSION } from '../domain/version.ts';

/** A command before it is loaded: `everthread --help` needs no more of it. */
interface ListedCommand {
  readonly name: string;
  /** One sentence for the list of commands; the command's own help says more. */
  readonly summary: string;
  /** Loads the command with all that it imports: for some of them Temporal's worker and the bundler, which take seconds. */
  readonly load: () => Promise<Command>;
}

/** In the order in which `everthread --help` lists them. */
const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'dev',
    summary: 'Run everything on this machine: Temporal with its UI, the simulator, and the bot.',
    load: async () => (await import('./commands/dev.ts')).devCommand(),
  },
  {
    name: 'start',
    summary: 'Run the bot for a Page: the api and a worker, with your Temporal.',
    load: async () => (await import('./commands/serve.ts')).startCommand(),
  },
  {
    name: 'api',
    summary: 'Run only the api: store webhooks in the inbox, deliver events to Temporal.',
    load: async () => (await import('./commands/serve.ts')).apiCommand(),
  },
  {
    name: 'worker',
    summary: 'Run only the worker: conversations, sequences and sends.',
    load: async () => (await import('./commands/serve.ts')).workerCommand(),
  },
  {
    name: 'simulator',
    summary: 'Run only the simulated Graph API and its page, for any bot.',
    load: async () => (await import('./commands/simulator.ts')).simulatorCommand(),
  },
  {
    name: 'demo',
    summary: 'Play a scripted conversation with days of follow-ups, and print it.',
    load: async () => (await import('./commands/demo.ts')).demoCommand(),
  },
  {
    name: 'doctor',
    summary: 'Check everything that must hold before a Page can use the bot.',
    load: async () => (await import('./doctor/index.ts')).doctorCommand(),
  },
  {
    name: 'pages',
    summary: 'List the Pages of the owner of MESSENGER_USER_ACCESS_TOKEN, and save their tokens.',
    load: async () => (await import('./commands/pages.ts')).pagesCommand(),
  },
  {
    name: 'subscribe',
    summary: 'Subscribe the app and its Pages to the webhook fields that everthread and the bot need.',
    load: async () => (await import('./commands/subscribe.ts')).subscribeCommand(),
  },
  {
    name: 'profile',
    summary: "Compare the bot's profile with what its Pages show, or apply it.",
    load: async () => (await import('./commands/profile.ts')).profileCommand(),
  },
  {
    name: 'check',
    summary: "Replay running conversations and sequences with today's code, and name the edits that break them.",
    load: async () => (await import('./commands/check.ts')).checkCommand(),
  },
  {
    name: 'leads',
    summary: 'Print the leads that people left in forms.',
    load: async () => (await import('./commands/leads.ts')).leadsCommand(),
  },
  {
    name: 'contacts',
    summary: 'List or count the people who have written to the bot.',
    load: async () => (await import('./commands/contacts.ts')).contactsCommand(),
  },
  {
    name: 'broadcast',
    summary: "Start one of the bot's broadcasts, show its progress, or count whom it would reach.",
    load: async () => (await import('./commands/broadcast.ts')).broadcastCommand(),
  },
  {
    name: 'funnel',
    summary: 'Count how many people reached each step of a funnel, and how soon they were answered.',
    load: async () => (await import('./commands/funnel.ts')).funnelCommand(),
  },
  {
    name: 'dead',
    summary: 'List, retry or drop the inbox events that Temporal rejected for good.',
    load: async () => (await import('./commands/dead.ts')).deadCommand(),
  },
  {
    name: 'handoff',
    summary: 'List who waits for an operator, take conversations over, and give them back to the bot.',
    load: async () => (await import('./commands/handoff.ts')).handoffCommand(),
  },
  {
    name: 'say',
    summary: 'Write to a person, as an operator.',
    load: async () => (await import('./commands/say.ts')).sayCommand(),
  },
  {
    name: 'emit',
    summary: 'Tell a conversation that something happened elsewhere.',
    load: async () => (await import('./commands/emit.ts')).emitCommand(),
  },
  {
    name: 'webhooks',
    summary: 'Tell other systems what happens: their addresses, secrets, and events that they never took.',
    load: async () => (await import('./commands/webhooks.ts')).webhooksCommand(),
  },
  {
    name: 'person',
    summary: 'Export everything that is known of a person, or erase it.',
    load: async () => (await import('./commands/person.ts')).personCommand(),
  },
  {
    name: 'trace',
    summary: 'Print everything known of one message, step by step.',
    load: async () => (await import('./commands/trace.ts')).traceCommand(),
  },
  {
    name: 'record',
    summary: "Print a conversation as a test, or compare it with what today's code says.",
    load: async () => (await import('./commands/record.ts')).recordCommand(),
  },
  {
    name: 'operators',
    summary: 'Add, list, disable and enable operators, and make their tokens.',
    load: async () => (await import('./commands/operators.ts')).operatorsCommand(),
  },
  {
    name: 'keys',
    summary: 'Rewrite the store with the newest encryption key, and say which older keys are still needed.',
    load: async () => (await import('./commands/keys.ts')).keysCommand(),
  },
];

/** The names of all commands. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

/** The `everthread` program for these arguments: the commands that they name are loaded, the others only listed. */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('everthread')
    .description('A durable, code-first runtime for Messenger bots.')
    .version(VERSION)
    .showHelpAfterError('(everthread --help lists the commands)')
    .configureHelp({ showGlobalOptions: false, subcommandTerm: (command) => command.name() });
  for (const { name, summary, load } of COMMANDS) {
    const command = args.includes(name) ? await load() : new Command(name);
    program.addCommand(command.summary(summary));
  }
  return program;
}
