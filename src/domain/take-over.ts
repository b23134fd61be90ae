/** An operator answers from now on; the bot is silent. */
export interface TakeOver {
  /** In words, for Temporal's UI and the plugins. */
  readonly reason: string;
  /** How long the bot stays silent at most, ms; left out: until the conversation is given back. */
  readonly forMs?: number;
}
