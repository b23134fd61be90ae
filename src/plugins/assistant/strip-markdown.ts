/** Control characters except line breaks, and those that change the direction of text. */
// oxlint-disable-next-line no-control-regex -- matched on purpose
const INVISIBLE = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/**
 * Plain text from a model's Markdown, because Messenger shows the marks themselves. Keeps link addresses and list
 * bullets, and leaves single `*` and `_`, which models also use for other things.
 *
 * Not a library, because they lose content (tried 2026-10): `remove-markdown` 0.7 and `strip-markdown` 6 drop link
 * addresses; the first also drops text between `<` and `>` (prices), the second bullets and code blocks. The first takes
 * a second for 20,000 characters of `[`.
 */
export function stripMarkdown(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(INVISIBLE, ' ')
    .replaceAll(/!?\[([^\]\n]{1,200})\]\((https?:[^)\s]{1,1000})\)/g, '$1 ($2)')
    .replaceAll(/^ {0,3}#{1,6} +/gm, '')
    .replaceAll(/^ {0,8}[*+-] +/gm, '• ')
    .replaceAll(/\*\*([^*\n]{1,1000})\*\*/g, '$1')
    .replaceAll(/(?<!\w)__([^_\n]{1,1000})__(?!\w)/g, '$1')
    .replaceAll(/^```\w*$/gm, '')
    .replaceAll(/`{1,3}([^`\n]{1,1000})`{1,3}/g, '$1')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
