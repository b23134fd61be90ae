import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { isSameAsHeard, type HeardMessage } from '../../domain/heard-message.ts';
import { knownNames, recordConversation } from '../../recorded-conversation.ts';
import { takeStep, type Recording } from '../../recording/recording.ts';
import { createRedact, redactRecording, type Redact } from '../../recording/redact.ts';
import { writeTestFile } from '../../recording/write-test-file.ts';
import { simulate } from '../../testing/index.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { endProcessAfter, print, progress, say, WHICH_STORE } from '../terminal.ts';

interface RecordOptions {
  readonly out?: string;
  readonly compare?: true;
}

/** `everthread record`: a conversation as a test, or compared with what today's code says. */
export function recordCommand(): Command {
  return new Command('record')
    .description(
      'Print a conversation of the store as a vitest file, with names, numbers and addresses replaced (docs/testing.md).',
    )
    .argument('<conversation>', 'the id of the conversation, as in `everthread contacts`')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option('--out <file>', 'write the test into this file')
    .option(
      '--compare',
      "say what today's code would say differently, on a simulated Page; exit code 1 if it would say anything differently",
    )
    .addHelpText(
      'after',
      '\nExample:\n  everthread record messenger:104857600123456:6120459871230045 --out price.test.ts\n  everthread record messenger:104857600123456:6120459871230045 --compare',
    )
    .action(async (id: string, bot: string | undefined, { out, compare }: RecordOptions) => {
      const config = loadConfig(process.env, { warn: progress });
      const { recording, redact } = await readRecording(id, config);
      const botFile = bot ?? config.bot;
      if (compare) return endProcessAfter(compareWith(botFile, recording, redact));
      const source = writeTestFile(redactRecording(recording, redact), botFile);
      if (out === undefined) await print([source]);
      else {
        writeFileSync(out, source);
        say(`Wrote ${out}: ${recording.steps.length} steps. Read it before you share it: replacing is not perfect.`);
      }
    });
}

async function readRecording(id: string, config: Parameters<typeof openConfiguredStore>[0]) {
  if (!conversationParts(id)) {
    throw new BotError('recording_empty', `"${id}" is no conversation id. Run everthread contacts, which lists them.`);
  }
  const conversation = id as ConversationId;
  const store = await openConfiguredStore(config);
  try {
    const recording = await recordConversation(store, conversation);
    if (recording) return { recording, redact: createRedact(await knownNames(store, conversation)) };
  } finally {
    await store.close();
  }
  throw new BotError('recording_empty', `The store has no step of ${id}. ${WHICH_STORE}`);
}

/** Takes the steps with today's code, and prints where it says something else; texts are redacted when they are printed. */
async function compareWith(bot: string, { person, startsAt, steps }: Recording, redact: Redact): Promise<void> {
  await using talk = await simulate(resolve(bot), { startsAt, person });
  let differences = 0;
  for (const [index, step] of steps.entries()) {
    const name = `${index + 1}. ${step.does}(${step.with.map((value) => show(value, redact)).join(', ')})`;
    const problem = await takeStep(talk, step).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const heard = talk.heard();
    if (problem === undefined && isSameAsHeard(step.heard, heard)) continue;
    differences += 1;
    say(name);
    say(`   was:      ${words(step.heard, redact)}`);
    say(`   would be: ${problem === undefined ? words(heard, redact) : redact(problem)}`);
  }
  if (differences > 0) process.exitCode = 1;
  say(
    differences === 0
      ? `Today's code says the same in ${steps.length === 1 ? 'the only step' : `all ${steps.length} steps`}.`
      : `Today's code says something else in ${differences} of ${steps.length} steps.`,
  );
}

function words(heard: readonly HeardMessage[], redact: Redact): string {
  return heard.length === 0
    ? 'nothing'
    : heard.map((one) => (one === null ? 'something' : show(one, redact))).join(', ');
}

function show(value: unknown, redact: Redact): string {
  return value === undefined ? 'undefined' : redact(JSON.stringify(value));
}
