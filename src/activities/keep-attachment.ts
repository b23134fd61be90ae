/** Files that Meta keeps: each is uploaded once for a Page, and said by its id until that expires. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApplicationFailure } from '@temporalio/common';
import { conversationParts } from '../domain/conversation-id.ts';
import type { UploadResult } from '../graph/attachment-upload.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { graphErrorRule, NETWORK_OUTCOMES } from '../messenger/graph-errors/index.ts';
import type { Store } from '../store/index.ts';
import type { EverthreadActivities, AttachmentResult } from '../workflows/contract/index.ts';
import type { Logger } from './logger.ts';
import { codeOf, openPageBreaker } from './send/hold-page.ts';
import { refusalStep } from './send/refusal-step.ts';

export interface KeepAttachmentDeps {
  readonly store: Pick<Store, 'attachments' | 'circuitBreakers'>;
  readonly graph: Pick<GraphClient, 'uploadAttachment'>;
  /** The bot's folder: files are looked for in it, and nowhere else. */
  readonly folder: string;
  readonly log: Logger;
}

export function createKeepAttachment(deps: KeepAttachmentDeps): EverthreadActivities['keepAttachment'] {
  const { store, graph, folder, log } = deps;
  /** Hashes of files by path, with the look of the file they are of. */
  const hashes = new Map<string, { readonly look: string; readonly hash: string }>();

  async function fileIn(path: string): Promise<string | undefined> {
    const [home, file] = await Promise.all([realpath(folder), realpath(resolve(folder, path)).catch(() => undefined)]);
    if (!file?.startsWith(home + sep)) return undefined;
    // A folder, a pipe or what we may not read would be waited for in vain.
    const isReadable = await access(file, constants.R_OK)
      .then(async () => (await stat(file)).isFile())
      .catch(() => false);
    return isReadable ? file : undefined;
  }

  async function hashOf(file: string): Promise<string> {
    const { size, mtimeMs } = await stat(file);
    const look = `${size} ${mtimeMs}`;
    const known = hashes.get(file);
    if (known?.look === look) return known.hash;
    const sha256 = createHash('sha256');
    await pipeline(createReadStream(file), sha256);
    const hash = sha256.digest('hex');
    hashes.set(file, { look, hash });
    return hash;
  }

  return async function keepAttachment({ conversation, type, source, expired, phase }) {
    const pageId = conversationParts(conversation)?.pageId ?? '';
    const place = 'file' in source ? await fileIn(source.file) : source.url;
    if (place === undefined) {
      log.error(
        { file: 'file' in source && source.file },
        'There is no such file in the folder of the bot, or it cannot be read; put it there',
      );
      return { status: 'failed', code: 'file_missing' };
    }
    const key = 'file' in source ? `sha256:${type}:${await hashOf(place)}` : `url:${type}:${place}`;
    if (expired !== undefined) await store.attachments.forget(pageId, expired);
    // Meta counts the days by its own clock: real time, also where the time machine moved a person's.
    const known = await store.attachments.find(pageId, key, Date.now());
    if (known !== undefined) return { status: 'kept', attachmentId: known };
    if (phase === 'local') return { status: 'deferred' };
    const page = (await store.circuitBreakers.listOpen()).get(pageId);
    if (page && Date.now() < page.probeAt) return later(page.reason);

    const result = await graph.uploadAttachment(
      { pageId, type, source: 'file' in source ? { file: place } : { url: place } },
      log,
    );
    if (result.status === 'uploaded') {
      const { attachmentId } = result;
      await store.attachments.save(pageId, key, attachmentId, Date.now());
      log.info({ pageId, type, attachmentId }, 'Meta keeps a file; the next sends name its id');
      return { status: 'kept', attachmentId };
    }
    return takeNo(pageId, result);
  };

  async function takeNo(
    pageId: string,
    result: Exclude<UploadResult, { status: 'uploaded' }>,
  ): Promise<AttachmentResult> {
    const refused = result.status === 'refused' ? result.error : undefined;
    const rule =
      result.status === 'refused'
        ? graphErrorRule(result.error.code, result.error.error_subcode)
        : NETWORK_OUTCOMES[result.outcome];
    log.warn(
      { code: refused?.code, subcode: refused?.error_subcode, class: rule.class },
      `Meta did not take a file: ${rule.meaning}`,
    );
    const step = refusalStep(rule, 1, refused?.code);
    if (step.do === 'give up') return { status: 'failed', code: rule.class };
    if (step.do === 'hold the page' && refused) {
      await openPageBreaker({ circuitBreakers: store.circuitBreakers, log }, pageId, step.hold, codeOf(refused));
    }
    return later(rule.class, step.do === 'pause' ? step.afterMs : undefined);
  }
}

/** Uploading twice does no harm, so what is in doubt is done again. */
function later(code: string, afterMs?: number): never {
  throw ApplicationFailure.create({
    type: code,
    message: `Not uploaded yet (${code})`,
    category: 'BENIGN',
    ...(afterMs !== undefined && { nextRetryDelay: afterMs }),
  });
}
