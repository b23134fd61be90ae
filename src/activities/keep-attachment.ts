/** Files that Meta stores: each is uploaded once for a Page, and sent by its attachment id until that expires. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApplicationFailure } from '@temporalio/common';
import { conversationParts } from '../domain/conversation-id.ts';
import type { SendFailure } from '../domain/error-codes.ts';
import type { UploadResult } from '../graph/attachment-upload.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { Logger } from '../logger.ts';
import { answeredErrorRule, NETWORK_OUTCOMES } from '../messenger/graph-errors/index.ts';
import type { Store } from '../store/index.ts';
import type { AttachmentRequest, AttachmentResult, EverthreadActivities } from '../workflows/contract/index.ts';
import { waitForCall, hasActedSince } from './send/later-message.ts';
import { metaErrorCode, openPageBreaker } from './send/open-page-breaker.ts';
import { refusalStep } from './send/refusal-step.ts';

/** What uploads need. */
export interface KeepAttachmentDeps {
  readonly store: Pick<Store, 'attachments' | 'circuitBreakers' | 'contacts'>;
  readonly graph: Pick<GraphClient, 'uploadAttachment'>;
  /** The bot's folder: files are read from it, and from nowhere else. */
  readonly folder: string;
  readonly log: Logger;
}

/** The activity `keepAttachment`: the attachment id of a file, uploaded first if Meta does not have it yet. */
export function createKeepAttachment(deps: KeepAttachmentDeps): EverthreadActivities['keepAttachment'] {
  const { store, graph, folder, log } = deps;
  const hashOf = createFileHashes();

  return async function keepAttachment(request) {
    const { conversation, type, source, expired, phase } = request;
    const { pageId = '', channel } = conversationParts(conversation) ?? {};
    const place = 'file' in source ? await readableFile(folder, source.file) : source.url;
    if (place === undefined) {
      log.error(
        { file: 'file' in source && source.file },
        "There is no such file in the bot's folder, or it cannot be read; put it there",
      );
      return { status: 'failed', code: 'file_missing' };
    }
    const key = 'file' in source ? `sha256:${type}:${await hashOf(place)}` : `url:${type}:${place}`;
    if (expired !== undefined) await store.attachments.forget(pageId, expired);
    // Meta counts the 90 days by its own clock: real time, also where the time machine moved a person's.
    const stored = await store.attachments.find(pageId, key, Date.now());
    if (stored !== undefined) return { status: 'kept', attachmentId: stored };
    if (phase === 'local') return { status: 'deferred' };
    const breaker = (await store.circuitBreakers.listOpen()).get(pageId);
    if (breaker && Date.now() < breaker.probeAt) throw retryUpload(breaker.reason);

    const upload = { pageId, type, channel, source: 'file' in source ? { file: place } : { url: place } };
    const call = graph.uploadAttachment(upload, log).then(async (result): Promise<AttachmentResult> => {
      if (result.status !== 'uploaded') return onUploadRejected(deps, request, pageId, result);
      const { attachmentId } = result;
      await store.attachments.save(pageId, key, attachmentId, Date.now());
      log.info({ pageId, type, attachmentId }, 'Meta stores a file; the next sends name its id');
      return { status: 'kept', attachmentId };
    });
    const kept = await waitForCall(store.contacts, request, call);
    if (kept) return kept;
    // Meta may store the file all the same, and the next send finds it.
    call.catch(() => {});
    return { status: 'failed', code: 'not_settled' };
  };
}

/** The failure of an upload that Meta rejected. @throws when it is tried again. */
async function onUploadRejected(
  { store: { circuitBreakers, contacts }, log }: KeepAttachmentDeps,
  request: AttachmentRequest,
  pageId: string,
  result: Exclude<UploadResult, { status: 'uploaded' }>,
): Promise<AttachmentResult> {
  const error = result.status === 'refused' ? result.error : undefined;
  const rule = result.status === 'refused' ? answeredErrorRule(result) : NETWORK_OUTCOMES[result.outcome];
  log.warn(
    { code: error?.code, subcode: error?.error_subcode, class: rule.class },
    `Meta did not take a file: ${rule.meaning}`,
  );
  const step = refusalStep(rule, 1, error?.code);
  if (step.do === 'give_up') return { status: 'failed', code: rule.class };
  if (step.do === 'open_breaker' && error) {
    await openPageBreaker({ circuitBreakers, log }, pageId, { ...step, code: metaErrorCode(error) });
  }
  const isPageHeld = step.do === 'open_breaker' || step.do === 'pause';
  if (!isPageHeld && (await hasActedSince(contacts, request))) return { status: 'failed', code: rule.class };
  throw retryUpload(rule.class, step.do === 'pause' ? step.afterMs : undefined);
}

/** Makes Temporal try the upload again: a second upload of a file does no harm. */
function retryUpload(code: SendFailure, afterMs?: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message: `Not uploaded yet (${code})`,
    category: 'BENIGN',
    ...(afterMs !== undefined && { nextRetryDelay: afterMs }),
  });
}

/** The absolute path of a file that can be read and lies in the folder, links resolved. */
async function readableFile(folder: string, path: string): Promise<string | undefined> {
  const [root, file] = await Promise.all([realpath(folder), realpath(resolve(folder, path)).catch(() => undefined)]);
  if (!file?.startsWith(root + sep)) return undefined;
  // Reading a folder, a pipe or a file without the right to would fail or never end.
  const isReadable = await access(file, constants.R_OK)
    .then(async () => (await stat(file)).isFile())
    .catch(() => false);
  return isReadable ? file : undefined;
}

/** SHA-256 of files by path; a file is read again when its size or its time of change differs. */
function createFileHashes(): (file: string) => Promise<string> {
  const hashes = new Map<string, { readonly version: string; readonly hash: string }>();
  return async (file) => {
    const { size, mtimeMs } = await stat(file);
    const version = `${size} ${mtimeMs}`;
    const cached = hashes.get(file);
    if (cached?.version === version) return cached.hash;
    const sha256 = createHash('sha256');
    await pipeline(createReadStream(file), sha256);
    const hash = sha256.digest('hex');
    hashes.set(file, { version, hash });
    return hash;
  };
}
