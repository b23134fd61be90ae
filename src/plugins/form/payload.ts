/** What a button of a form asks for. */
export const DEEDS = ['cancel', 'restart', 'go-on', 'send', 'skip', 'change'] as const;
export type Deed = (typeof DEEDS)[number];

/** What the button carries. */
export function payloadFor(form: string, deed: Deed, field?: string): string {
  return [form, deed, ...(field === undefined ? [] : [field])].join(':');
}
