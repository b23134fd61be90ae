/** One line of a conversation, shortened when it is long. A message without text has its kind in brackets: `[image]`. */
export interface TranscriptLine {
  /** Epoch ms. */
  readonly at: number;
  /** `human` is an operator. */
  readonly by: 'person' | 'bot' | 'human' | 'other app';
  /** The operator's name, where it is known. */
  readonly operator?: string;
  readonly text: string;
}
