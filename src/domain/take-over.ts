/** An operator takes the conversation over; the bot stays silent. */
export interface TakeOver {
  /** In words, for Temporal's UI and the plugins. */
  readonly reason: string;
  /** How long the bot stays silent at most, ms; left out: until the conversation is given back. */
  readonly forMs?: number;
}
