/**
 * Something that the author of a bot, or whoever runs it, can put right. Act on `code`, never on the class: classes do
 * not survive the way through the engine, codes do. The message says what happened, with which value, and the cure.
 */
export class BotError extends Error {
  override readonly name = 'BotError';
  /** Words a person would say, in snake_case: `text_too_long`. */
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
