/** Text of others on a terminal: it cannot move the cursor, change colours, hide, or reverse the direction of letters. */

/** Control characters, those that change how others are shown, and the line ends of Unicode. Joiners, which emojis need, stay. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}|\p{Cs}/gu;

/** The text on one line. */
export function withoutControlCharacters(text: string): string {
  return text.replaceAll(INVISIBLE, ' ');
}

/** The text on as many lines as it has, tabs included. */
export function linesWithoutControlCharacters(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : ' '));
}
