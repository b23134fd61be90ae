import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText } from '../json.ts';
import { MAX_FILE_BYTES } from '../rules/limits.ts';
import { missingParameter, choiceProblem } from '../rules/part-rules.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';
import { KNOWN_MEDIA_TYPES, mediaProblem } from '../rules/send-rules.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { checkAccess, requestBodyOf, refuse, parseFormValues, type GraphPath } from './graph-call.ts';

/** Twice the limit, so that a file that is too large gets Meta's refusal and not the server's. */
const MAX_UPLOAD_BODY_BYTES = 2 * MAX_FILE_BYTES;

/** `POST /{page}/message_attachments`: stores a file or its address, and returns the attachment id. */
export function uploadRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post<{ Params: GraphPath }>(
    '/graph/:version/:node/message_attachments',
    { bodyLimit: MAX_UPLOAD_BODY_BYTES },
    async (request, reply) => {
      const { fields, file } = await uploadOf(request);
      const problem = checkAccess(state, request, fields).problem ?? uploadProblem(fields, file);
      if (problem) return refuse(reply, problem);
      const { type, payload } = uploadPartsOf(fields);
      const content = file ? Buffer.from(await file.arrayBuffer()) : undefined;
      const id = state.attachments.add({
        type: idText(type),
        at: Date.now(),
        ...(content ? { content, contentType: file?.type ?? '' } : { url: idText(payload['url']) }),
      });
      return { attachment_id: id };
    },
  );
}

/** Serves uploaded files to the page, sandboxed. */
export function uploadedFileRoute(app: FastifyInstance, state: SimulatorState): void {
  app.get<{ Params: { id: string } }>('/attachments/:id', (request, reply) => {
    const attachment = state.attachments.find(request.params.id);
    if (!attachment?.content) return reply.code(404).send({ error: 'There is no such file.' });
    const { contentType = '' } = attachment;
    const isShown = /^(image|video|audio)\/[\w.+-]+$/.test(contentType);
    return reply
      .type(isShown ? contentType : 'application/octet-stream')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .send(attachment.content);
  });
}

interface Upload {
  readonly fields: JsonObject;
  readonly file?: File;
}

/** JSON with an address, or a multipart form with the file in `filedata`. */
async function uploadOf(request: FastifyRequest): Promise<Upload> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { fields: requestBodyOf(request) };
  const form = await new Response(request.body as Buffer, { headers: { 'content-type': type } }).formData();
  const texts = [...form.entries()].filter(([, value]) => typeof value === 'string');
  const file = form.get('filedata');
  return { fields: parseFormValues(Object.fromEntries(texts)), ...(file instanceof File && { file }) };
}

function uploadPartsOf({ message }: JsonObject): { readonly type: unknown; readonly payload: JsonObject } {
  const attachment = isObject(message) ? message['attachment'] : undefined;
  const { type, payload } = isObject(attachment) ? attachment : {};
  return { type, payload: isObject(payload) ? payload : {} };
}

function uploadProblem(fields: JsonObject, file: File | undefined): Refusal | undefined {
  const { type, payload } = uploadPartsOf(fields);
  if (type === undefined) return missingParameter('message[attachment][type]');
  const problem = choiceProblem('message[attachment][type]', type, KNOWN_MEDIA_TYPES);
  if (problem) return problem;
  if (!file)
    return hasText(payload['url']) ? mediaProblem(payload) : missingParameter('message[attachment][payload][url]');
  if (file.size > MAX_FILE_BYTES) return toRefusal('attachmentTooLarge');
  return type === 'file' || file.type.startsWith(`${idText(type)}/`) ? undefined : toRefusal('uploadFailed');
}
