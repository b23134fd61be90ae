import { Command } from 'commander';
import type { Schemas } from '../../client/index.ts';
import { urlOption, withOperatorApi } from '../operator-api.ts';
import { progress, say } from '../terminal.ts';

interface TraceOptions {
  readonly url?: string;
  readonly json?: true;
}

/** `everthread trace`: what became of one message. */
export function traceCommand(): Command {
  return new Command('trace')
    .description('Print everything known of one message, step by step, without its text.')
    .argument('<id>', "Meta's message id, a send id, or `i` and an inbox id, as `everthread dead list` prints it")
    .option('--json', 'one JSON object')
    .addOption(urlOption())
    .addHelpText('after', '\nExample:\n  everthread trace i1042')
    .action((id: string, { url, json }: TraceOptions) =>
      withOperatorApi(url, async (client) => {
        const trace = await client.GET('/trace/{id}', { params: { path: { id } } });
        if (json) say(JSON.stringify(trace));
        else for (const line of linesOf(trace)) say(line);
        for (const sentence of trace.missing) progress(sentence);
      }),
    );
}

const WHAT_CHARS = 10;
const TIME_CHARS = '2026-10-06 14:00:00.000 UTC'.length;

function linesOf({ conversation, steps }: Schemas['Trace']): readonly string[] {
  const lines = steps.map(({ at, what, words, reason }) => {
    const time = at === null ? '' : `${at.replace('T', ' ').replace('Z', '')} UTC`;
    const why = reason === null ? '' : ` (${reason})`;
    return `${time.padEnd(TIME_CHARS)}  ${what.padEnd(WHAT_CHARS)}  ${words}${why}`;
  });
  return conversation === null ? lines : [`Conversation ${conversation}`, ...lines];
}
