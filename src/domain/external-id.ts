/** By which id another system knows a person: a shop's customer number, an order number. */
export interface ExternalId {
  /** The name of the system: letters, digits, `.`, `-` and `_`; at most {@link MAX_SYSTEM_CHARS}. */
  readonly system: string;
  /** At most {@link MAX_EXTERNAL_ID_CHARS} characters. */
  readonly id: string;
}

/** The longest name of a system. */
export const MAX_SYSTEM_CHARS = 50;
/** The longest id in another system. */
export const MAX_EXTERNAL_ID_CHARS = 200;
/** The most external ids of one person; with more, the oldest is forgotten. */
export const MAX_EXTERNAL_IDS = 100;

/** What the name of a system is made of. */
export const SYSTEM_PATTERN = /^[\w.-]+$/;

/** Returns the external id. @throws with a sentence if one of its parts is wrong. */
export function checkExternalId(system: unknown, id: unknown): ExternalId {
  if (typeof system !== 'string' || system.length > MAX_SYSTEM_CHARS || !SYSTEM_PATTERN.test(system)) {
    throw new Error(
      `The name of a system has 1 to ${MAX_SYSTEM_CHARS} letters, digits, ".", "-" and "_": link('shop', '4711').`,
    );
  }
  if (typeof id !== 'string' || id === '' || id.length > MAX_EXTERNAL_ID_CHARS || id.includes('\0')) {
    throw new Error(`An external id is a text of 1 to ${MAX_EXTERNAL_ID_CHARS} characters: link('shop', '4711').`);
  }
  return { system, id };
}
