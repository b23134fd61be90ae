import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hasText, idText, isRecord, type JsonRecord } from '../json.ts';
import { MAX_FILE_BYTES } from '../rules/limits.ts';
import { missing, oneOf } from '../rules/part-rules.ts';
import { refusal, type Refusal } from '../rules/refusals.ts';
import { MEDIA_TYPES, mediaProblem } from '../rules/send-rules.ts';
import type { World } from '../state/simulator-state.ts';
import { accessOf, bodyOf, refuse, unpacked, type Path } from './graph-call.ts';

/** Room for a file that is too large, so that it gets Meta's refusal and not the server's. */
const MAX_BODY_BYTES = 2 * MAX_FILE_BYTES;

/** `POST /{page}/message_attachments`: keeps a file, or the address of one, and gives its id. */
export function uploadRoute(app: FastifyInstance, world: World): void {
  app.post<{ Params: Path }>(
    '/graph/:version/:node/message_attachments',
    { bodyLimit: MAX_BODY_BYTES },
    async (request, reply) => {
      const { fields, file } = await uploadOf(request);
      const problem = accessOf(world, request, fields).problem ?? uploadProblem(fields, file);
      if (problem) return refuse(reply, problem);
      const { type, payload } = attachmentOf(fields);
      const content = file ? Buffer.from(await file.arrayBuffer()) : undefined;
      const id = world.attachments.add({
        type: idText(type),
        at: Date.now(),
        ...(content ? { content, contentType: file?.type ?? '' } : { url: idText(payload['url']) }),
      });
      return { attachment_id: id };
    },
  );
}

/** What the page shows of an uploaded file; it can run nothing. */
export function uploadedFileRoute(app: FastifyInstance, world: World): void {
  app.get<{ Params: { id: string } }>('/attachments/:id', (request, reply) => {
    const attachment = world.attachments.find(request.params.id);
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
  readonly fields: JsonRecord;
  readonly file?: File;
}

/** JSON with an address, or a multipart form with the file in `filedata`. */
async function uploadOf(request: FastifyRequest): Promise<Upload> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { fields: bodyOf(request) };
  const form = await new Response(request.body as Buffer, { headers: { 'content-type': type } }).formData();
  const texts = [...form.entries()].filter(([, value]) => typeof value === 'string');
  const file = form.get('filedata');
  return { fields: unpacked(Object.fromEntries(texts)), ...(file instanceof File && { file }) };
}

function attachmentOf({ message }: JsonRecord): { readonly type: unknown; readonly payload: JsonRecord } {
  const attachment = isRecord(message) ? message['attachment'] : undefined;
  const { type, payload } = isRecord(attachment) ? attachment : {};
  return { type, payload: isRecord(payload) ? payload : {} };
}

function uploadProblem(fields: JsonRecord, file: File | undefined): Refusal | undefined {
  const { type, payload } = attachmentOf(fields);
  if (type === undefined) return missing('message[attachment][type]');
  const problem = oneOf('message[attachment][type]', type, MEDIA_TYPES);
  if (problem) return problem;
  if (!file) return hasText(payload['url']) ? mediaProblem(payload) : missing('message[attachment][payload][url]');
  if (file.size > MAX_FILE_BYTES) return refusal('attachmentTooLarge');
  return type === 'file' || file.type.startsWith(`${idText(type)}/`) ? undefined : refusal('uploadFailed');
}
