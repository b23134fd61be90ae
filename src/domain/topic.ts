/** An occurrence under a name that plugins and sequences subscribe to. */
export interface Topic {
  readonly name: string;
  /** Plain JSON. */
  readonly data?: unknown;
}

/** The longest name of a topic. */
export const MAX_TOPIC_NAME_CHARS = 100;
/** The longest data of a topic or of a sequence's start, as JSON: they must fit into one payload, whose size Temporal limits. */
export const MAX_DATA_CHARS = 50_000;
