import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { EverthreadClient, Schemas } from '../../client/index.ts';
import { formatTime, parseTimeAhead } from '../format-time.ts';
import { urlOption, withOperatorApi } from '../operator-api.ts';
import { progress, say } from '../terminal.ts';

interface SayOptions {
  readonly at?: number;
  readonly url?: string;
  readonly key?: string;
}

/** `everthread say`: an operator's own words. */
export function sayCommand(): Command {
  return new Command('say')
    .description(
      "Write to a person, as an operator: within Meta's rules, else it says what they forbid. If nobody has the conversation, it is yours from then on.",
    )
    .argument('<conversation>', 'the id of the conversation, as `everthread handoff list` prints it')
    .argument('<text...>', 'what to say')
    .option(
      '--key <key>',
      'an idempotency key: with the same one, the message goes out once (default: a new one)',
      idempotencyKey,
    )
    .option(
      '--at <time>',
      "when it goes out, at most 30 days ahead: 2026-12-01T09:00Z, or in 30m, 2h or 3d; Meta's rules decide then (default: now)",
      parseTimeAhead,
    )
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nExample:\n  everthread say messenger:104857600123456:6120459871230045 "Your parcel leaves today."\n  everthread say messenger:104857600123456:6120459871230045 "Did it arrive?" --at 3h',
    )
    .action((id: string, words: readonly string[], { at, url, key = randomUUID() }: SayOptions) =>
      withOperatorApi(url, async (client) => {
        const body = { text: words.join(' '), ...(at !== undefined && { at: new Date(at).toISOString() }) };
        const sent = await send(client, id, body, key);
        say(
          at === undefined
            ? toSentence(sent, key)
            : `It goes out ${formatTime(at)}, if Meta's rules allow it then. Its id is ${sent.id}`,
        );
      }),
    );
}

function idempotencyKey(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new InvalidArgumentError('Take 1 to 255 visible ASCII characters, such as order-4711.');
}

type Sent = Schemas['SentMessage'];

const ASK_FOR_MS = 30_000;
const ASK_EVERY_MS = 1000;

/** Sends it, and asks with the same key what becomes of it while that is open. */
async function send(
  client: EverthreadClient,
  id: string,
  body: { text: string; at?: string },
  key: string,
): Promise<Sent> {
  const request = { params: { path: { id }, header: { 'idempotency-key': key } }, body };
  let sent = await client.POST('/conversations/{id}/messages', request);
  if (sent.status === 'pending') progress('It has no outcome yet. Asking for 30 seconds …');
  for (const giveUpAt = Date.now() + ASK_FOR_MS; sent.status === 'pending' && Date.now() < giveUpAt;) {
    await delay(ASK_EVERY_MS);
    sent = await client.POST('/conversations/{id}/messages', request);
  }
  return sent;
}

function toSentence({ status, reason }: Sent, key: string): string {
  if (status === 'sent') return 'Sent.';
  if (status === 'unknown') return 'It may have been delivered: Meta gave no answer, and it is not sent again.';
  const why = reason === null ? '' : ` (${reason}; docs/errors.md says what that is)`;
  return `Not sent yet${why}: everthread goes on trying. Ask again with the same words and --key ${key}`;
}
