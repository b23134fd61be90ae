import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { OPERATOR_ROLES, type OperatorRole } from '../../domain/operator.ts';
import type { ListedOperator, Operators } from '../../store/operators/index.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { readPassword, readPasswordFromInput } from '../password-input.ts';
import { progress, say, WHICH_STORE } from '../terminal.ts';

interface AddOptions {
  readonly role: OperatorRole;
  readonly page?: readonly string[];
  readonly passwordStdin?: true;
}

/** `everthread operators`: who may use the operator API. */
export function operatorsCommand(): Command {
  return new Command('operators')
    .description(
      'Add, list, disable and enable the people and programs that may use the operator API; make their tokens.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  everthread operators add "Ada L" --role admin\n  everthread operators token "Ada L"',
    )
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(changeCommand('disable', 'End the sessions of an operator and refuse their tokens.'))
    .addCommand(changeCommand('enable', 'Let a disabled operator in again; their tokens work again.'))
    .addCommand(tokenCommand());
}

function addCommand(): Command {
  return new Command('add')
    .description('Add an operator. The password is asked for on a terminal; without one they use tokens alone.')
    .argument('<name>', 'letters, digits, ".", "_", "-" and single spaces')
    .addOption(new Option('--role <role>', 'what they may do').choices([...OPERATOR_ROLES]).default('agent'))
    .option('--page <ids...>', 'the Pages whose conversations they see (default: all)', pageIds)
    .option('--password-stdin', 'read the password from the first line of stdin')
    .addHelpText('after', '\nExample:\n  everthread operators add ben --role viewer --page 104857600123456')
    .action(async (name: string, { role, page, passwordStdin }: AddOptions) => {
      const password = passwordStdin ? await readPasswordFromInput() : await readPassword();
      await withOperators(async (operators) => {
        await operators.add({ name, role, pages: page, password }, Date.now());
        progress(
          password === undefined
            ? `Added "${name}" as ${role}, without a password. Make a token with: everthread operators token "${name}"`
            : `Added "${name}" as ${role}.`,
        );
      });
    });
}

/** Commander calls this once per argument, with what it returned for those before. */
function pageIds(text: string, before: readonly string[] = []): readonly string[] {
  if (/^\d{1,32}$/.test(text)) return [...before, text];
  throw new InvalidArgumentError('Write ids of Pages, such as 104857600123456.');
}

function listCommand(): Command {
  return new Command('list')
    .description('List the operators with role, Pages, and whether they are disabled.')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  everthread operators list')
    .action(({ json }: { readonly json?: true }) =>
      withOperators(async (operators) => {
        const all = await operators.list();
        for (const operator of all) say(json ? operatorAsJson(operator) : operatorAsText(operator));
        if (all.length === 0) progress(`There is no operator. ${WHICH_STORE}`);
      }),
    );
}

function operatorAsJson({ createdAt, disabledAt, pages, ...operator }: ListedOperator): string {
  const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return JSON.stringify({ ...operator, pages: pages ?? null, created: iso(createdAt), disabled: iso(disabledAt) });
}

function operatorAsText({ name, role, pages, disabledAt, hasPassword, isDemo }: ListedOperator): string {
  const scope = pages === undefined ? 'all Pages' : `Pages ${pages.join(', ')}`;
  const notes = [
    isDemo ? 'of dev alone' : hasPassword ? '' : 'tokens only',
    disabledAt === undefined ? '' : 'disabled',
  ].filter(Boolean);
  return [name, role, scope, ...notes].join('  ');
}

function changeCommand(change: 'disable' | 'enable', description: string): Command {
  return new Command(change)
    .description(description)
    .argument('<name>', 'the name of the operator')
    .addHelpText('after', `\nExample:\n  everthread operators ${change} ben`)
    .action((name: string) =>
      withOperators(async (operators) => {
        await (change === 'disable' ? operators.disable(name, Date.now()) : operators.enable(name));
        progress(`"${name}" is ${change}d.`);
      }),
    );
}

interface TokenOptions {
  readonly list?: true;
  readonly revoke?: string;
}

function tokenCommand(): Command {
  return new Command('token')
    .description('Make a token for an operator and print it, once: only its hash is stored.')
    .argument('<name>', 'the name of the operator')
    .addOption(new Option('--list', 'list the tokens instead, by their first characters').conflicts('revoke'))
    .option('--revoke <prefix>', 'end the token that begins like this, as --list prints it')
    .addHelpText('after', '\nExample:\n  TOKEN=$(everthread operators token ben)')
    .action((name: string, { list, revoke }: TokenOptions) =>
      withOperators(async (operators) => {
        if (list) await listTokens(operators, name);
        else if (revoke !== undefined) await revokeToken(operators, name, revoke);
        else {
          say(await operators.createToken(name, Date.now()));
          progress(`A token for "${name}". Nobody can read it again; revoke it with --revoke.`);
        }
      }),
    );
}

async function listTokens(operators: Operators, name: string): Promise<void> {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const tokens = await operators.listTokens(name);
  for (const { prefix, createdAt, lastUsedOn } of tokens)
    say(`${prefix}…  made ${day(createdAt)}  ${lastUsedOn === undefined ? 'never used' : `used ${day(lastUsedOn)}`}`);
  if (tokens.length === 0) progress(`"${name}" has no token.`);
}

async function revokeToken(operators: Operators, name: string, prefix: string): Promise<void> {
  if (await operators.revokeToken(name, prefix.replace(/…$/, ''))) return progress(`The token ${prefix} is revoked.`);
  throw new BotError(
    'operator_token_unknown',
    `"${name}" has no token that begins with "${prefix}". Run everthread operators token "${name}" --list.`,
  );
}

async function withOperators(work: (operators: Operators) => Promise<void>): Promise<void> {
  const store = await openConfiguredStore(loadConfig(process.env, { warn: progress }));
  try {
    await work(store.operators);
  } finally {
    await store.close();
  }
}
