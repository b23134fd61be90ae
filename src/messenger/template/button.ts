import { checkedFields, checkedText } from '../check/checked.ts';
import { checkedButtons, type Button } from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';

export interface ButtonTemplate {
  readonly template_type: 'button';
  readonly text: string;
  readonly buttons: readonly Button[];
}

/** Text of at most 640 characters, 1 to 3 buttons. Meta, send-messages/template/button, read 2026-10-06. */
export function checkedButtonTemplate(value: unknown): ButtonTemplate {
  const template = checkedFields(
    'A button message',
    value,
    ['template_type', 'text', 'buttons'],
    'Use buttonMessage(…)',
  );
  return {
    template_type: 'button',
    text: checkedText('The text above buttons', template['text'], LIMITS.buttonText),
    buttons: checkedButtons(template['buttons']),
  };
}
