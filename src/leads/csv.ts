/**
 * Lines of a CSV file (RFC 4180) in which a spreadsheet executes no formula. `csv-stringify` has `escape_formulas`, which
 * would also change telephone numbers (`+351…`) and misses formulas after a space.
 */

/** What a spreadsheet reads as a formula (OWASP, CSV Injection, read 2026-10-06). */
const FORMULA = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
/** A number computes nothing, and a telephone number must stay as it is. */
const PLAIN_NUMBER = /^[+-]?\d+([.,]\d+)?$/;

/** One line, with its line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Puts an apostrophe before a formula: spreadsheets show it as text. */
function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
