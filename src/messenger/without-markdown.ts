/** Control characters but line breaks, and those that turn the direction of what follows. */
// oxlint-disable-next-line no-control-regex -- these are what is meant
const INVISIBLE = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/**
 * A text that was written in Markdown as Messenger can show it: Messenger shows the marks themselves. What they cannot
 * carry over is left as it stands.
 */
export function withoutMarkdown(text: string): string {
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
