/**
 * The mark of a workflow thread: which activation runs now. It lies in memory shared with the main thread, which ends a process
 * that is stuck, and in a file, which survives the process: the next one reads there in which activation it died.
 *
 * Two numbers of 4 bytes, then text: the number of the activation, odd while it runs; the length of the text; the workflow and
 * its task as JSON.
 */

import { openSync, writeSync } from 'node:fs';

/** Ids of workflows have at most 1000 bytes. */
export const MAX_MARK_BYTES = 4096;
const HEADER_BYTES = 8;

/**
 * @param {SharedArrayBuffer} memory
 * @param {string | undefined} file An empty file. Written without a flush: it need not survive a power cut.
 */
export function createMark(memory, file) {
  const header = new Int32Array(memory, 0, 2);
  const bytes = Buffer.from(memory);
  const descriptor = file === undefined ? undefined : openSync(file, 'r+');
  const save = (length) => descriptor !== undefined && writeSync(descriptor, bytes, 0, length, 0);
  return {
    /** @param {{ workflowId: string, runId: string, task: number }} activation */
    begin(activation) {
      // The main thread does not read a text while its number changes: it asks again a second later.
      header[1] = bytes.write(JSON.stringify(activation), HEADER_BYTES);
      Atomics.add(header, 0, 1);
      save(HEADER_BYTES + header[1]);
    },
    end() {
      Atomics.add(header, 0, 1);
      save(4);
    },
  };
}

/**
 * The activation that a mark shows, or `undefined` when none runs.
 *
 * @param {SharedArrayBuffer | ArrayBuffer} memory
 */
export function readMark(memory) {
  if (memory.byteLength < HEADER_BYTES) return undefined;
  const [sequence = 0, length = 0] = new Int32Array(memory, 0, 2);
  if (sequence % 2 === 0) return undefined;
  try {
    const activation = JSON.parse(Buffer.from(memory, HEADER_BYTES, length).toString());
    return { ...activation, sequence };
  } catch {
    // Half written: its thread goes on, or its process died before the activation began.
    return undefined;
  }
}
