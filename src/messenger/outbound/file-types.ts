/**
 * Which files a Page can upload, per channel. Messenger: send-messages/saving-assets, 2026-10-06. Instagram:
 * instagram-messaging/features/attachment-upload, 2026-04-01.
 */

import type { Channel } from '../../domain/conversation-id.ts';
import type { MediaType } from './media.ts';

/** A kind of file. */
export interface FileType {
  /** What it is in a message. */
  readonly media: MediaType;
  /** Of the name under which Meta gets it, with the dot. */
  readonly extension: string;
  readonly isOnInstagram: boolean;
  /** How such a file begins: bytes as Latin-1 text at an offset, one of several. Left out: it can begin in any way. */
  readonly signatures?: readonly Signature[];
}

/** A beginning of a file: each text at its offset. */
type Signature = Readonly<Record<number, string>>;

const MEGABYTE = 1024 * 1024;

/** The largest upload of this kind, bytes. */
export function maxUploadBytes(media: MediaType, channel: Channel): number {
  return channel === 'instagram' && media === 'image' ? 8 * MEGABYTE : MAX_UPLOAD_BYTES;
}

/** The largest upload of any kind, bytes. */
export const MAX_UPLOAD_BYTES = 25 * MEGABYTE;

const ISO_MEDIA: readonly Signature[] = [{ 4: 'ftyp' }];
const ZIP: readonly Signature[] = [{ 0: 'PK\x03\x04' }, { 0: 'PK\x05\x06' }];
const OGG: readonly Signature[] = [{ 0: 'OggS' }];
const WAV: FileType = {
  media: 'audio',
  extension: '.wav',
  isOnInstagram: true,
  signatures: [{ 0: 'RIFF', 8: 'WAVE' }],
};
const M4A: FileType = { media: 'audio', extension: '.m4a', isOnInstagram: true, signatures: ISO_MEDIA };
const MOV: readonly Signature[] = [...ISO_MEDIA, { 4: 'moov' }, { 4: 'mdat' }, { 4: 'wide' }, { 4: 'free' }];
const office = (extension: string): FileType => ({ media: 'file', extension, isOnInstagram: false, signatures: ZIP });

/** By content type. `text/plain` is not among them: a page of another origin may send it without asking. */
const FILE_TYPES: Readonly<Record<string, FileType>> = {
  'image/jpeg': { media: 'image', extension: '.jpg', isOnInstagram: true, signatures: [{ 0: '\xFF\xD8\xFF' }] },
  'image/png': { media: 'image', extension: '.png', isOnInstagram: true, signatures: [{ 0: '\x89PNG\r\n\x1A\n' }] },
  'image/gif': {
    media: 'image',
    extension: '.gif',
    isOnInstagram: true,
    signatures: [{ 0: 'GIF87a' }, { 0: 'GIF89a' }],
  },
  'image/webp': { media: 'image', extension: '.webp', isOnInstagram: false, signatures: [{ 0: 'RIFF', 8: 'WEBP' }] },
  'video/mp4': { media: 'video', extension: '.mp4', isOnInstagram: true, signatures: ISO_MEDIA },
  'video/quicktime': { media: 'video', extension: '.mov', isOnInstagram: true, signatures: MOV },
  'video/webm': { media: 'video', extension: '.webm', isOnInstagram: true, signatures: [{ 0: '\x1A\x45\xDF\xA3' }] },
  'video/ogg': { media: 'video', extension: '.ogv', isOnInstagram: true, signatures: OGG },
  'audio/mpeg': {
    media: 'audio',
    extension: '.mp3',
    isOnInstagram: false,
    signatures: [{ 0: 'ID3' }, { 0: '\xFF\xFB' }, { 0: '\xFF\xFA' }, { 0: '\xFF\xF3' }, { 0: '\xFF\xF2' }],
  },
  'audio/mp4': M4A,
  'audio/x-m4a': M4A,
  'audio/aac': {
    media: 'audio',
    extension: '.aac',
    isOnInstagram: true,
    signatures: [{ 0: '\xFF\xF1' }, { 0: '\xFF\xF9' }, { 0: 'ADIF' }],
  },
  'audio/wav': WAV,
  'audio/x-wav': WAV,
  'audio/ogg': { media: 'audio', extension: '.ogg', isOnInstagram: false, signatures: OGG },
  'application/pdf': { media: 'file', extension: '.pdf', isOnInstagram: true, signatures: [{ 0: '%PDF-' }] },
  'application/zip': office('.zip'),
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': office('.docx'),
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': office('.xlsx'),
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': office('.pptx'),
  'text/csv': { media: 'file', extension: '.csv', isOnInstagram: false },
  'application/octet-stream': { media: 'file', extension: '.bin', isOnInstagram: false },
};

/** Every content type of a file that a Page can upload. */
export const FILE_CONTENT_TYPES: readonly string[] = Object.keys(FILE_TYPES);

/** The kind of file that a `Content-Type` names; `undefined` if a Page cannot upload it. */
export function fileTypeOf(contentType: string | undefined): FileType | undefined {
  const [essence = ''] = (contentType ?? '').split(';');
  const name = essence.trim().toLowerCase();
  return Object.hasOwn(FILE_TYPES, name) ? FILE_TYPES[name] : undefined;
}

/** Whether a file begins as its kind does; `head` is its first bytes as Latin-1 text. */
export function beginsAs({ signatures }: FileType, head: string): boolean {
  if (!signatures) return true;
  return signatures.some((signature) =>
    Object.entries(signature).every(([offset, text]) => head.startsWith(text, Number(offset))),
  );
}
