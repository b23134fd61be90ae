/** E-mail addresses as people and phones write them. */

import { cleanText } from '../../messenger/text.ts';

/** Local part, one @, a domain with a dot whose last part has letters: catches typos; only a mail can prove an address. */
const EMAIL_PATTERN =
  /^[^\s@"(),:;<>[\]\\]{1,64}@[\p{L}\p{M}\p{N}-]{1,63}(\.[\p{L}\p{M}\p{N}-]{1,63})*\.([\p{L}\p{M}]{2,63}|xn--[a-z\d-]{1,59})$/iu;
const MAX_EMAIL_CHARS = 254;
/** Any text with more than this is no answer to "Your e-mail?". */
const MAX_ANSWER_CHARS = 500;

/** What stands around an address: white space, brackets, quotation marks, the question mark of a `mailto:` link. */
const AROUND = /[\s"“”„«»<>()[\]{},;:?、。]+/u;

/**
 * The e-mail address in an answer, in lower case; `undefined` if there is none, or more than one. `<ana@shop.example>`,
 * `mailto:ana@shop.example`, "My e-mail is ana@shop.example." and "ana @ shop.example" are read as `ana@shop.example`.
 */
export function readEmail(answer: string): string | undefined {
  if (answer.length > MAX_ANSWER_CHARS) return undefined;
  const text = cleanText(answer).replace(/^([^\s@]+)\s*@\s*([^\s@]+)$/, '$1@$2');
  const addresses = new Set(
    text
      .split(AROUND)
      .filter((word) => word.includes('@'))
      .map(toAddress),
  );
  const [address] = addresses;
  return addresses.size === 1 ? address : undefined;
}

/** Full stops, stars and quotes around a word are the sentence's; a domain ends with a letter. */
function toAddress(word: string): string | undefined {
  const address = word
    .replace(/^['‘’`*.!¡|~]+/, '')
    .replace(/[^\p{L}\p{M}\p{N}]+$/u, '')
    .toLowerCase()
    // A capital I with its dot, as a Turkish keyboard writes it.
    .replaceAll('i\u0307', 'i');
  return address.length <= MAX_EMAIL_CHARS && EMAIL_PATTERN.test(address) ? address : undefined;
}
