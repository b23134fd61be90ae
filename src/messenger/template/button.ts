import { requireObject, requireText } from '../check/require.ts';
import { requireButtons, type Button } from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';

/** A text with one to three buttons, in Meta's words. */
export interface ButtonTemplate {
  readonly template_type: 'button';
  readonly text: string;
  readonly buttons: readonly Button[];
}

/** A text of 1 to 640 characters with 1 to 3 buttons. Meta, send-messages/template/button, read 2026-10-06. */
export function requireButtonTemplate(value: unknown): ButtonTemplate {
  const template = requireObject(
    'A button message',
    value,
    ['template_type', 'text', 'buttons'],
    'Use buttonMessage(…)',
  );
  return {
    template_type: 'button',
    text: requireText('The text above buttons', template['text'], LIMITS.buttonTextChars),
    buttons: requireButtons(template['buttons']),
  };
}
