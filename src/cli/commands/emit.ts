import { Command, InvalidArgumentError } from 'commander';
import type { EverthreadClient, Schemas } from '../../client/index.ts';
import { urlOption, withOperatorApi } from '../operator-api.ts';
import { say } from '../terminal.ts';

interface EmitOptions {
  readonly key: string;
  readonly data?: unknown;
  readonly system?: string;
  readonly page?: string;
  readonly url?: string;
}

/** `everthread emit`: tells one person's conversation that something happened. */
export function emitCommand(): Command {
  return new Command('emit')
    .description(
      "Emit a topic in one person's conversation, as a shop's server would: sequences that wait for it go on, and plugins hear it. The bot names such topics in `topics`.",
    )
    .argument('<to>', 'the id of the conversation; with --system, the id of the person in that system')
    .argument('<topic>', 'a topic that the bot declares in `topics`')
    .requiredOption('--key <key>', 'names the occurrence: with the same key, the topic is emitted once')
    .option('--data <json>', 'the data of the topic (default: none)', json)
    .option('--system <name>', 'the system whose id it is, as in `ctx.link` (default: none)')
    .option('--page <id>', 'with --system: only a person of this Page (default: any)')
    .addOption(urlOption())
    .addHelpText(
      'after',
      `
Example:
  everthread emit 4711 order.shipped --system shop --key 4711-shipped --data '{"carrier":"DHL"}'`,
    )
    .action((to: string, topic: string, { key, data, system, page, url }: EmitOptions) =>
      withOperatorApi(url, async (client) => {
        const person = system === undefined ? to : { externalId: { system, id: to, ...(page && { page }) } };
        say(toSentence(await emit(client, { to: person, topic, key, ...(data !== undefined && { data }) }), key));
      }),
    );
}

type Emission = Schemas['TopicEmission'];

function emit(
  client: EverthreadClient,
  body: { to: string | { externalId: { system: string; id: string; page?: string } }; topic: string; key: string },
): Promise<Emission> {
  return client.POST('/topics', { body });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError(`It is no JSON. A text needs quotes of its own: --data '"DHL"'.`);
  }
}

function toSentence({ status, isRepeated, conversation }: Emission, key: string): string {
  if (isRepeated) return `It was emitted before with this key, so nothing happened now (${conversation}).`;
  if (status === 'emitted') return `Emitted to ${conversation}.`;
  return `Its turn has not come yet. Ask again with the same words and --key ${key}`;
}
