/** One line of a conversation, cut when it is long; what has no words stands in brackets: `[image]`. */
export interface TranscriptLine {
  /** Epoch ms. */
  readonly at: number;
  /** `human` is an operator. */
  readonly by: 'person' | 'bot' | 'human' | 'other app';
  readonly text: string;
}
