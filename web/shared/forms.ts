import type { TargetedSubmitEvent } from 'preact';

/** Takes the text out of a form's only input, for a form whose page handles it: the input is empty afterwards. */
export function takeInput(event: TargetedSubmitEvent<HTMLFormElement>): string {
  event.preventDefault();
  const input = event.currentTarget.querySelector('input');
  const text = input?.value.trim() ?? '';
  event.currentTarget.reset();
  return text;
}
