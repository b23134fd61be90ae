/** Uploads a file to Meta, so that messages can refer to it by id. Meta, send-messages/saving-assets, read 2026-10-06. */

import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Logger } from '../logger.ts';
import type { GraphApi, GraphRefusal, NoAnswer, RawBody } from './graph-api.ts';
import type { RateLimitUsage } from './usage.ts';

/** A file to upload for a Page. */
export interface AttachmentUpload {
  readonly pageId: string;
  readonly type: 'image' | 'video' | 'audio' | 'file';
  /** An address, which Meta must be able to fetch within 10 seconds (75 for a video), or a local file. */
  readonly source: { readonly url: string } | { readonly file: string };
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

const MAX_UPLOAD_BYTES = 25 * 1024 * 1024;
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
  return 'url' in source
    ? postAttachment(upload, toUploadMessage(upload, source), deps)
    : uploadFile(upload, source.file, deps);
}

async function uploadFile(upload: AttachmentUpload, file: string, deps: UploadDeps): Promise<UploadResult> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const stats = await handle.stat();
    const { size } = stats;
    if (!stats.isFile()) return refuseUnreadable(file, 'it is no file');
    if (size > MAX_UPLOAD_BYTES) return refuseLargeFile(file, size);
    return await postAttachment(upload, createUploadForm(upload, { handle, file, size }, deps), deps);
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

function toUploadMessage({ type }: AttachmentUpload, place: { readonly url?: string }) {
  return { message: { attachment: { type, payload: { ...place, is_reusable: true } } } };
}

interface UploadFile {
  readonly handle: FileHandle;
  readonly file: string;
  readonly size: number;
}

/** A multipart form that streams the file from the disk. */
function createUploadForm(upload: AttachmentUpload, { handle, file, size }: UploadFile, { log }: UploadDeps): RawBody {
  const boundary = `everthread-${randomUUID()}`;
  const { message } = toUploadMessage(upload, {});
  const head = Buffer.from(
    [
      `--${boundary}`,
      'content-disposition: form-data; name="message"',
      '',
      JSON.stringify(message),
      `--${boundary}`,
      `content-disposition: form-data; name="filedata"; filename="${quotedName(file)}"`,
      `content-type: ${contentTypeByName(file)}`,
      '',
      '',
    ].join('\r\n'),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts() {
    yield head;
    let sentBytes = 0;
    let loggedBytes = 0;
    // Never more than `content-length`, even if the file grows meanwhile.
    const content = size === 0 ? [] : handle.createReadStream({ autoClose: false, start: 0, end: size - 1 });
    for await (const chunk of content as AsyncIterable<Buffer>) {
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
function quotedName(file: string): string {
  return basename(file).replace(/["\r\n]/g, (character) => encodeURIComponent(character));
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
