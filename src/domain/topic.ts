/** An occurrence under a name that plugins and sequences subscribe to. */
export interface Topic {
  readonly name: string;
  /** Plain JSON. */
  readonly data?: unknown;
}
