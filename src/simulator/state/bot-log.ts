import type { SimulatorDatabase } from './database.ts';

/** An error or a warning of the bot, as its runtime reports it. */
export interface ReportedLine {
  readonly level: 'warn' | 'error';
  /** What happened, as a sentence. */
  readonly words: string;
  /** Where, in the bot's files: `shop/bot.ts:12:5`. */
  readonly place?: string;
  /** The error with its stack. */
  readonly stack?: string;
}

/** A line with its place in the timeline of a person. */
export interface ShownLine extends ReportedLine {
  readonly seq: number;
  /** By the person's clock, epoch ms. */
  readonly at: number;
}

/** What the bot's runtime reported of each person's conversation. Held in memory: a restart forgets it. */
export interface BotLog {
  add(psid: string, line: ReportedLine, at: number): void;
  /** The newest lines of a person, oldest first. */
  newest(psid: string): readonly ShownLine[];
}

const MAX_LINES = 50;

/** Creates an empty log. */
export function createBotLog({ nextSeq }: Pick<SimulatorDatabase, 'nextSeq'>): BotLog {
  const lines = new Map<string, readonly ShownLine[]>();
  const newest = (psid: string) => lines.get(psid) ?? [];
  return {
    newest,
    add(psid, { level, words, place, stack }, at) {
      const line = { level, words, ...(place !== undefined && { place }), ...(stack !== undefined && { stack }) };
      lines.set(psid, [...newest(psid), { ...line, seq: nextSeq(), at }].slice(-MAX_LINES));
    },
  };
}
