declare const isEncrypted: unique symbol;

/**
 * A text as it is stored in a column of `ENCRYPTED_COLUMNS`: encrypted, or plain where encryption is off or was off when it
 * was written. The type keeps it from being read or written without the cipher.
 */
export type Encrypted = string & { readonly [isEncrypted]: true };

/** What is left of a text that was removed; it stays plain. */
const REMOVED: ReadonlySet<string> = new Set(['', '{}']);

/** Whether nothing is left of a stored text. */
export function isRemoved(stored: string): boolean {
  return REMOVED.has(stored);
}

/** A text that is stored as it is, because it holds nothing of anybody. */
export function storedInPlain(text: string): Encrypted {
  return text as Encrypted;
}
