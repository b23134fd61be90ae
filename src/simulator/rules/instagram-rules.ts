import { hasText, isRecord, textAt, type JsonRecord } from '../json.ts';
import { oneOf } from './part-rules.ts';
import { badParameter, type Refusal } from './refusals.ts';

/** UTF-8 bytes, where Messenger counts characters (from third parties quoting Meta, 27 Sep 2026). */
const MAX_TEXT_BYTES = 1000;
/** Which other templates exist on Instagram is not verified. */
const TEMPLATES = ['generic', 'button'];
const TAGS = ['HUMAN_AGENT'];

/** What Messenger would take and Instagram does not. Which number a wrong request gets is our reading: 100. */
export function instagramProblem(body: JsonRecord): Refusal | undefined {
  const { message, messaging_type: type, tag, persona_id: persona } = body;
  if (tag !== undefined) {
    const problem = oneOf('tag', tag, TAGS);
    if (problem) return problem;
  }
  if (type === 'UTILITY') return badParameter('Utility messages are for Messenger', 'Instagram has no such messages.');
  if (persona !== undefined) return badParameter('Personas are for Messenger', 'Instagram has no personas.');
  const kind = textAt(message, 'attachment.type');
  const templateProblem =
    kind === 'template'
      ? oneOf(
          'message[attachment][payload][template_type]',
          textAt(message, 'attachment.payload.template_type'),
          TEMPLATES,
        )
      : undefined;
  return templateProblem ?? textProblem(message);
}

function textProblem(message: unknown): Refusal | undefined {
  const text = isRecord(message) ? message['text'] : undefined;
  const bytes = hasText(text) ? Buffer.byteLength(text) : 0;
  if (bytes <= MAX_TEXT_BYTES) return undefined;
  return badParameter(
    `Length of param message[text] must be less than or equal to ${MAX_TEXT_BYTES}`,
    `The text has ${bytes} bytes; ${MAX_TEXT_BYTES} is the longest Instagram takes.`,
  );
}
