/** Uploads a file to Meta, so that messages can refer to it by id. Meta, send-messages/saving-assets, read 2026-10-06. */

import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Channel } from '../domain/conversation-id.ts';
import type { Logger } from '../logger.ts';
import { MAX_UPLOAD_BYTES } from '../messenger/outbound/file-types.ts';
import type { GraphApi, GraphRefusal, NoAnswer, RawBody } from './graph-api.ts';
import type { RateLimitUsage } from './usage.ts';

/** A file to upload for a Page. */
export interface AttachmentUpload {
  readonly pageId: string;
  readonly type: 'image' | 'video' | 'audio' | 'file';
  /** Where the file will be sent; Meta has to know it for Instagram. Default: Messenger. */
  readonly channel?: Channel | undefined;
  /** An address, which Meta must be able to fetch within 10 seconds (75 for a video), a local file, or the bytes of a file. */
  readonly source: { readonly url: string } | { readonly file: string } | FileContent;
}

/** A file in memory. */
export interface FileContent {
  readonly content: Buffer;
  readonly contentType: string;
  /** The name under which the person gets it. */
  readonly name: string;
}

/** Result of an upload. The id is valid for 90 days, and for this Page only. */
export type UploadResult =
  | { readonly status: 'uploaded'; readonly attachmentId: string; readonly usage?: RateLimitUsage }
  | GraphRefusal
  | NoAnswer;

/** What an upload needs. */
export interface UploadDeps {
  readonly api: GraphApi;
  readonly accessToken: string;
  /** Gets the progress of a large file. */
  readonly log: Pick<Logger, 'info'>;
  /** For the whole upload. Default: 2 minutes. */
  readonly timeoutMs?: number;
}

const LOG_EVERY_BYTES = 5 * 1024 * 1024;
const UPLOAD_TIMEOUT_MS = 120_000;
const FILE_TOO_LARGE = { code: 100, error_subcode: 2018109 } as const;
const FILE_UNREADABLE = { code: 100, error_subcode: 2018047 } as const;

const uploadAnswer = z.object({ attachment_id: z.union([z.string().min(1), z.number().transform(String)]) });

/**
 * `POST /{pageId}/message_attachments`. Never throws: a file that is too large or unreadable gets the refusal that Meta
 * would give, without a call. An upload without an answer may be repeated; at worst Meta stores the file twice.
 */
export async function uploadAttachment(upload: AttachmentUpload, deps: UploadDeps): Promise<UploadResult> {
  const { source } = upload;
  if ('url' in source) return postAttachment(upload, toUploadMessage(upload, source), deps);
  if ('file' in source) return uploadFile(upload, source.file, deps);
  const { content, name, contentType } = source;
  const size = content.length;
  if (size > MAX_UPLOAD_BYTES) return refuseLargeFile(name, size);
  const file = { name, contentType, size, chunks: chunksOf(content) };
  return postAttachment(upload, createUploadForm(upload, file, deps), deps);
}

async function uploadFile(upload: AttachmentUpload, file: string, deps: UploadDeps): Promise<UploadResult> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const stats = await handle.stat();
    const { size } = stats;
    if (!stats.isFile()) return refuseUnreadable(file, 'it is no file');
    if (size > MAX_UPLOAD_BYTES) return refuseLargeFile(file, size);
    // Never more than `content-length`, even if the file grows meanwhile.
    const chunks = size === 0 ? [] : handle.createReadStream({ autoClose: false, start: 0, end: size - 1 });
    const content = { name: basename(file), contentType: contentTypeByName(file), size, chunks };
    return await postAttachment(upload, createUploadForm(upload, content, deps), deps);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return refuseUnreadable(file, reason);
  } finally {
    await handle?.close();
  }
}

async function postAttachment(
  { pageId }: AttachmentUpload,
  body: object | RawBody,
  deps: UploadDeps,
): Promise<UploadResult> {
  const { api, accessToken, timeoutMs = UPLOAD_TIMEOUT_MS } = deps;
  const path = `${pageId}/message_attachments`;
  const reply = await api.call({ method: 'POST', path, accessToken, body, timeoutMs, answer: uploadAnswer });
  if (reply.status !== 'answered') return reply;
  const { value, usage } = reply;
  return { status: 'uploaded', attachmentId: value.attachment_id, ...(usage && { usage }) };
}

function toUploadMessage({ type, channel }: AttachmentUpload, place: { readonly url?: string }) {
  const platform = channel === 'instagram' ? { platform: channel } : {};
  return { ...platform, message: { attachment: { type, payload: { ...place, is_reusable: true } } } };
}

interface UploadFile {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>;
}

const CHUNK_BYTES = 64 * 1024;

function* chunksOf(content: Buffer): Iterable<Buffer> {
  for (let start = 0; start < content.length; start += CHUNK_BYTES) yield content.subarray(start, start + CHUNK_BYTES);
}

/** A multipart form that streams the file. */
function createUploadForm(upload: AttachmentUpload, file: UploadFile, { log }: UploadDeps): RawBody {
  const { name, contentType, size, chunks } = file;
  const boundary = `everthread-${randomUUID()}`;
  const { message, platform } = toUploadMessage(upload, {});
  const head = Buffer.from(
    [
      ...(platform === undefined
        ? []
        : [`--${boundary}`, 'content-disposition: form-data; name="platform"', '', platform]),
      `--${boundary}`,
      'content-disposition: form-data; name="message"',
      '',
      JSON.stringify(message),
      `--${boundary}`,
      `content-disposition: form-data; name="filedata"; filename="${quotedName(name)}"`,
      `content-type: ${contentType}`,
      '',
      '',
    ].join('\r\n'),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts() {
    yield head;
    let sentBytes = 0;
    let loggedBytes = 0;
    for await (const chunk of chunks) {
      yield chunk;
      sentBytes += chunk.length;
      if (sentBytes - loggedBytes < LOG_EVERY_BYTES) continue;
      loggedBytes = sentBytes;
      log.info({ page: upload.pageId, sentBytes, ofBytes: size }, 'A file is being uploaded to Meta');
    }
    yield tail;
  }
  return {
    stream: Readable.from(parts()),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + size + tail.length),
    },
  };
}

/** Escaped as browsers do (HTML, multipart/form-data), so that a file name cannot end its header. */
function quotedName(name: string): string {
  return name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
}

const CONTENT_TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.zip': 'application/zip',
};

function contentTypeByName(file: string): string {
  return CONTENT_TYPE_BY_EXTENSION[extname(file).toLowerCase()] ?? 'application/octet-stream';
}

function refuseUnreadable(file: string, reason: string): GraphRefusal {
  return { status: 'refused', error: { ...FILE_UNREADABLE, message: `${file} cannot be read (${reason})` } };
}

function refuseLargeFile(file: string, size: number): GraphRefusal {
  const message = `${file} has ${size} bytes, and Meta takes ${MAX_UPLOAD_BYTES}`;
  return { status: 'refused', error: { ...FILE_TOO_LARGE, message } };
}
