import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, textAtPath } from '../json.ts';
import { choiceProblem } from './part-rules.ts';
import { badParameter, type Refusal } from './refusals.ts';

/** UTF-8 bytes, where Messenger counts characters (from third parties quoting Meta, 27 Sep 2026). */
const MAX_TEXT_BYTES = 1000;
/** Whether Instagram has other templates is not verified. */
const INSTAGRAM_TEMPLATES = ['generic', 'button'];
const INSTAGRAM_TAGS = ['HUMAN_AGENT'];

/** Checks what Messenger accepts and Instagram does not. That such a request gets 100 is our reading. */
export function instagramProblem(body: JsonObject): Refusal | undefined {
  const { message, messaging_type: type, tag, persona_id: persona } = body;
  if (tag !== undefined) {
    const problem = choiceProblem('tag', tag, INSTAGRAM_TAGS);
    if (problem) return problem;
  }
  if (type === 'UTILITY') return badParameter('Utility messages are for Messenger', 'Instagram has no such messages.');
  if (persona !== undefined) return badParameter('Personas are for Messenger', 'Instagram has no personas.');
  const kind = textAtPath(message, 'attachment.type');
  const templateProblem =
    kind === 'template'
      ? choiceProblem(
          'message[attachment][payload][template_type]',
          textAtPath(message, 'attachment.payload.template_type'),
          INSTAGRAM_TEMPLATES,
        )
      : undefined;
  return templateProblem ?? textProblem(message);
}

function textProblem(message: unknown): Refusal | undefined {
  const text = isObject(message) ? message['text'] : undefined;
  const bytes = hasText(text) ? Buffer.byteLength(text) : 0;
  if (bytes <= MAX_TEXT_BYTES) return undefined;
  return badParameter(
    `Length of param message[text] must be less than or equal to ${MAX_TEXT_BYTES}`,
    `The text has ${bytes} bytes; ${MAX_TEXT_BYTES} is the longest that Instagram accepts.`,
  );
}
