import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import type { EverthreadClient, Schemas } from '../../client/index.ts';
import { urlOption, withOperatorApi } from '../operator-api.ts';
import { print, progress, say } from '../terminal.ts';

interface PersonOptions {
  readonly url?: string;
}

interface EraseOptions extends PersonOptions {
  readonly yes?: boolean;
}

/** `everthread person`: a copy of all that is known of one person, and its erasure. */
export function personCommand(): Command {
  return new Command('person')
    .description('Export everything that is known of a person, or erase it (docs/personal-data.md).')
    .addCommand(exportCommand())
    .addCommand(eraseCommand())
    .addHelpText(
      'after',
      `
Example:
  everthread person export messenger:104857600123456:6120459871230045 > person.json
  everthread person erase messenger:104857600123456:6120459871230045 --yes`,
    );
}

function exportCommand(): Command {
  return new Command('export')
    .description('Print everything of a person as one JSON: from the store, and the runs in Temporal.')
    .argument('<conversation>', 'the id of the conversation, as in `everthread contacts`')
    .addOption(urlOption())
    .action((id: string, { url }: PersonOptions) =>
      withOperatorApi(url, async (client) => {
        const everything = await client.GET('/conversations/{id}/export', { params: { path: { id } } });
        await print([`${JSON.stringify(everything, undefined, 2)}\n`]);
      }),
    );
}

function eraseCommand(): Command {
  return new Command('erase')
    .description(
      'Erase a person: from the store, with its files, and from Temporal. What they write later begins anew. It cannot be undone.',
    )
    .argument('<conversation>', 'the id of the conversation, as in `everthread contacts`')
    .option('--yes', 'erase; without it, nothing is done')
    .addOption(urlOption())
    .action((id: string, { url, yes = false }: EraseOptions) =>
      yes ? withOperatorApi(url, (client) => erase(client, id)) : say(`Nothing was done. To erase ${id}, add --yes.`),
    );
}

const POLL_MS = 1000;

/** Waits for the end. The api goes on without us, and so does another one. */
async function erase(client: EverthreadClient, id: string): Promise<void> {
  let erasure: Schemas['Erasure'] = await client.POST('/conversations/{id}/erase', { params: { path: { id } } });
  const path = { erasureId: erasure.id };
  if (erasure.status === 'under_way')
    progress('The person is being erased; Temporal may take a minute. It goes on if you stop waiting.');
  while (erasure.status === 'under_way') {
    await delay(POLL_MS);
    erasure = await client.GET('/erasures/{erasureId}', { params: { path } });
  }
  say(`Erased. The operator log has it as erased:${erasure.id}.`);
}
