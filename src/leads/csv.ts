/** Lines of a CSV file (RFC 4180) that a spreadsheet opens without doing what a cell says. */

/** What a spreadsheet takes for a formula (OWASP, CSV Injection, read 2026-10-06). */
const FORMULA = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
/** A number computes nothing, and telephone numbers must stay what they are. */
const NUMBER = /^[+-]?\d+([.,]\d+)?$/;

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A formula gets an apostrophe before it, which spreadsheets show as text. */
function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
