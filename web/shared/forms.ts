import type { TargetedSubmitEvent } from 'preact';

/** Takes the text out of a form's only input, for a form whose page handles it: the input is empty afterwards. */
export function takeInput(event: TargetedSubmitEvent<HTMLFormElement>): string {
  event.preventDefault();
  const input = event.currentTarget.querySelector('input');
  const text = input?.value.trim() ?? '';
  event.currentTarget.reset();
  return text;
}

/** The text of a field; empty when there is none. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
