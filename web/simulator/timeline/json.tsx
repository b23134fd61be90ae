import { useMemo } from 'preact/hooks';

/** JSON on several lines; a text that is none stays as it is. */
export function indentJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** JSON to read. */
export function Json({ text }: { readonly text: string }) {
  const indented = useMemo(() => indentJson(text), [text]);
  return <pre tabIndex={0}>{indented}</pre>;
}
