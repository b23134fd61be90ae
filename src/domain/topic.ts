/** Something that happened, under a name that plugins and sequences listen for. */
export interface Topic {
  readonly name: string;
  /** Plain JSON. */
  readonly data?: unknown;
}
