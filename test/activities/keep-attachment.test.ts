import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKeepAttachment } from '../../src/activities/keep-attachment.ts';
import { ANAS, anEmptyGate } from './gate.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a folder is no file: nobody waits for it', async () => {
  const folder = temporaryFolder();
  const file = 'menu.png';
  mkdirSync(join(folder, file));
  const { store } = await anEmptyGate();
  const uploads: object[] = [];
  const graph = {
    upload: async (upload: object) => {
      uploads.push(upload);
      return { status: 'uploaded', attachmentId: '741100223344556' } as const;
    },
  };
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const keep = createKeepAttachment({ store, graph, folder, log });

  const kept = await keep({ conversation: ANAS, type: 'image', source: { file }, phase: 'durable' });

  expect(kept).toEqual({ status: 'failed', code: 'file_missing' });
  expect(uploads).toEqual([]);
});
