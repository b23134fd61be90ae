/** Files of operators: they go to Meta, and messages name them by their attachment id. */

import { createHash } from 'node:crypto';
import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { conversationParts } from '../../../domain/conversation-id.ts';
import { wordsOf } from '../../../domain/send-reasons.ts';
import { withoutControlCharacters } from '../../../domain/visible-text.ts';
import type { UploadResult } from '../../../graph/attachment-upload.ts';
import { answeredErrorRule } from '../../../messenger/graph-errors/index.ts';
import {
  beginsAs,
  FILE_CONTENT_TYPES,
  fileTypeOf,
  MAX_UPLOAD_BYTES,
  maxUploadBytes,
  type FileType,
} from '../../../messenger/outbound/file-types.ts';
import { requireConversation, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationPath, uploadProblems, writeHeaders } from '../schemas/common.ts';
import { fileBody, uploadedFile, uploadQuery } from '../schemas/uploads.ts';

/** Each holds its file in memory. */
const MAX_UPLOADS_AT_ONCE = 4;
/** Shorter than the time after which a usual reverse proxy gives up. */
const META_TIMEOUT_MS = 50_000;
const HEAD_BYTES = 16;

/** Uploads. */
export const uploadRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, graph, log }) => {
  let running = 0;

  // One byte more than the limit, so that a file without a length gets the same answer as one with it.
  const parser = { parseAs: 'buffer', bodyLimit: MAX_UPLOAD_BYTES + 1 } as const;
  app.addContentTypeParser<Buffer>([...FILE_CONTENT_TYPES], parser, (_request, body, done) => done(null, body));

  /** Before the body is read. */
  async function reserve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    requireFileType(request);
    requireSize(Number(request.headers['content-length'] ?? 0), MAX_UPLOAD_BYTES);
    if (running >= MAX_UPLOADS_AT_ONCE) throw new Problem('too_many_uploads', { retryAfterS: 5 });
    running += 1;
    // Also when the client was gone before; an event alone would have been missed then.
    finished(reply.raw, () => {
      running -= 1;
    });
  }

  app.post(
    '/conversations/:id/uploads',
    {
      onRequest: [requireRole('agent'), reserve],
      config: { takesFile: true },
      bodyLimit: MAX_UPLOAD_BYTES + 1,
      schema: {
        operationId: 'uploadFile',
        summary: 'Give Meta a file for messages to this person; nothing is sent.',
        description: `The body is the file, and \`Content-Type\` says what it is: ${FILE_CONTENT_TYPES.join(', ')}. At most 25 MB; a picture for Instagram 8 MB.`,
        tags: ['conversations'],
        params: conversationPath,
        querystring: uploadQuery,
        consumes: [...FILE_CONTENT_TYPES],
        body: fileBody,
        headers: writeHeaders,
        response: { 201: uploadedFile, ...uploadProblems },
      },
    },
    async (request, reply) => {
      const { contact, page } = await requireConversation(request, store, request.params.id);
      const { pageId, conversation } = contact;
      const channel = conversationParts(conversation)?.channel ?? 'messenger';
      const content = request.body as Buffer | undefined;
      const { contentType, fileType } = requireFileType(request);
      if (!content || content.length === 0) throw invalidFile('The file is empty.');
      requireSize(content.length, maxUploadBytes(fileType.media, channel));
      if (channel === 'instagram' && !fileType.isOnInstagram)
        throw new Problem('file_unsupported', { detail: `Instagram takes no ${contentType}.` });
      if (!beginsAs(fileType, content.toString('latin1', 0, HEAD_BYTES)))
        throw new Problem('file_unsupported', { detail: `The file does not begin as ${contentType} does.` });
      if (page && Date.now() < page.probeAt) throw refused(page.reason);

      const { media: type, extension } = fileType;
      const name = `${cleanStem(request.query.name) || type}${extension}`;
      const digest = createHash('sha256').update(content).digest('hex');
      const key = `upload:${contentType}:${digest}:${name}`;
      const known = await store.attachments.find(pageId, key, Date.now());
      if (known !== undefined) return reply.code(201).send({ type, attachmentId: known });
      const upload = { pageId, type, channel, source: { content, contentType, name } };
      const attachmentId = requireUploaded(await graph.uploadAttachment(upload, log, META_TIMEOUT_MS));
      await store.attachments.save(pageId, key, attachmentId, Date.now());
      return reply.code(201).send({ type, attachmentId });
    },
  );
};

function requireFileType({ headers }: FastifyRequest): { readonly contentType: string; readonly fileType: FileType } {
  const [contentType = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const fileType = fileTypeOf(contentType);
  if (!fileType) throw new Problem('file_unsupported');
  return { contentType: contentType.trim(), fileType };
}

/** @throws `Problem` with `file_too_large`. */
function requireSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const megabytes = (size: number) => (size / 1024 / 1024).toFixed(1);
  throw new Problem('file_too_large', {
    detail: `The file has ${megabytes(bytes)} MB, and Meta takes ${megabytes(maxBytes)} MB.`,
  });
}

function invalidFile(message: string): Problem {
  return new Problem('request_invalid', { detail: message, errors: [{ field: 'body', message }] });
}

/** The name without its ending: no path, nothing that hides, at most 80 characters. */
function cleanStem(name = ''): string {
  const [last = ''] = name.split(/[/\\]/).slice(-1);
  const stem = withoutControlCharacters(last.replace(/\.[^.]*$/, ''));
  return [
    ...stem
      .replaceAll(/[^\p{L}\p{M}\p{N} ._()-]+/gu, ' ')
      .replaceAll(/\s+/g, ' ')
      .replace(/^[ .]+/, ''),
  ]
    .slice(0, 80)
    .join('')
    .trim();
}

/** The id that Meta gave. @throws `Problem` with `upload_failed` or `upload_unanswered`. */
function requireUploaded(result: UploadResult): string {
  if (result.status === 'uploaded') return result.attachmentId;
  if (result.status === 'no_answer') throw new Problem('upload_unanswered');
  throw refused(answeredErrorRule(result).class);
}

function refused(reason: string): Problem {
  return new Problem('upload_failed', {
    detail: `Meta did not take the file: ${reason}. ${wordsOf(reason)}`,
    members: { reason },
  });
}
