import { textOf } from '../../shared/forms.ts';

/** The ids of Pages that somebody typed into the field `pages`; `undefined`: none, which means all. */
export function pagesOf(fields: FormData): string[] | undefined {
  const ids = textOf(fields, 'pages')
    .split(/[\s,;]+/)
    .filter(Boolean);
  return ids.length > 0 ? ids : undefined;
}
