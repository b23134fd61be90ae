import { sequenceOfSend } from '../domain/send-id.ts';
import type { Bubble } from '../simulator/index.ts';
import type { UnsentSend } from '../store/ledger/index.ts';

/** Everything that was said, oldest first, and what the bot could not say, one line each. */
export function formatTranscript(bubbles: readonly Bubble[], unsent: readonly UnsentSend[]): string[] {
  const lines = [
    ...bubbles.map((bubble) => ({ at: bubble.at, line: `${AUTHORS[bubble.author]}: ${wordsOf(bubble)}` })),
    ...unsent.map((send) => ({ at: send.createdAt, line: `bot, not sent: ${send.text} (${describe(send)})` })),
  ];
  return lines.toSorted((one, other) => one.at - other.at).map(({ line }) => line);
}

const AUTHORS: Readonly<Record<Bubble['author'], string>> = {
  person: 'person',
  bot: 'bot',
  inbox: 'operator',
  other_app: 'other app',
};

function wordsOf({ text, cards }: Bubble): string {
  return text ?? JSON.stringify(cards);
}

function describe({ sendId, status, code }: UnsentSend): string {
  const sequence = sequenceOfSend(sendId);
  const outcome = code === undefined ? status : `${status}: ${code}`;
  return sequence === undefined ? outcome : `sequence ${sequence}; ${outcome}`;
}
