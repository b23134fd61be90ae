/** What the bot said: a text as it is, anything else as `heard` of the test API has it; null: something, not known what. */
export type HeardMessage = string | null;

/** Whether the bot said what was recorded. */
export function isSameAsHeard(recorded: readonly HeardMessage[], heard: readonly HeardMessage[]): boolean {
  return recorded.length === heard.length && recorded.every((one, index) => one === null || one === heard[index]);
}
