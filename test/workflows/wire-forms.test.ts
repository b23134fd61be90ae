/** Forms that are stored in histories and states: the words of a sequence's result, and hashes in ids. */

import { expect, test } from 'vitest';
import { hasFailed } from '../../src/workflows/contract/index.ts';
import { describeSequenceResult, type SequenceResult } from '../../src/workflows/sequence/result.ts';
import { cyrb53 } from '../../src/workflows/text.ts';

test.each<[SequenceResult, string]>([
  [{ status: 'finished' }, 'finished'],
  [{ status: 'answered' }, 'answered'],
  [{ status: 'cancelled' }, 'cancelled'],
  [{ status: 'stopped', reason: 'reply' }, 'stopped by reply'],
  [{ status: 'refused', reason: 'window_closed' }, 'window closed'],
  [{ status: 'failed', reason: 'the shop is closed' }, 'failed: the shop is closed'],
  [{ status: 'failed', reason: 'x'.repeat(600) }, `failed: ${'x'.repeat(492)}`],
])('a run that ended with %o has the result "%s"', (result, words) => {
  expect(describeSequenceResult(result)).toBe(words);
});

test('the sends that did not go out are part of the result, by status and reason', () => {
  const closed = { status: 'refused', reason: 'window_closed' } as const;
  expect(describeSequenceResult({ status: 'finished' }, [closed])).toBe('finished; 1 send refused: window_closed');
  expect(
    describeSequenceResult({ status: 'stopped', reason: 'reply' }, [
      closed,
      { status: 'unknown' },
      { status: 'failed', code: 'bad_request' },
      closed,
      { status: 'refused', reason: 'opted_out' },
    ]),
  ).toBe(
    'stopped by reply; 3 sends refused: window_closed, opted_out; 1 send failed: bad_request; 1 send of unknown outcome',
  );
});

test('a failed run is recognised by its status, and by its words where older versions reported none', () => {
  expect(hasFailed({ name: 'offer', result: 'failed: out of mugs', status: 'failed' })).toBe(true);
  expect(hasFailed({ name: 'offer', result: 'failed: out of mugs' })).toBe(true);
  expect(hasFailed({ name: 'offer', result: 'finished' })).toBe(false);
  expect(hasFailed({ name: 'offer', result: 'failed orders', status: 'stopped' })).toBe(false);
});

test.each([
  ['i42/0', 'oa8nrnutni'],
  ['i42/1', 'mk4xyj3s0e'],
])('the hash of %s is always the same', (text, hash) => {
  expect(cyrb53(text)).toBe(hash);
});
