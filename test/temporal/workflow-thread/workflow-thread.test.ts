import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { ensureNode, SUPPORTED_NODES } from '../../support/node-versions.ts';
import type { ProbeReport } from './report.ts';

const run = promisify(execFile);
const probeFile = join(import.meta.dirname, 'probe.ts');
const { resolve: resolvePath } = createRequire(import.meta.url);

async function probe(major: string, stackTraces: 'with-stack-traces' | 'without'): Promise<ProbeReport> {
  const node = await ensureNode(major);
  const taskQueue = `workflow-thread-${major}-${stackTraces}`;
  const args = ['--import', resolvePath('tsx'), probeFile, inject('temporalAddress'), taskQueue, stackTraces];
  const { stdout } = await run(node, args, { timeout: 100_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ProbeReport;
}

describe('a workflow thread without stack traces and with one watchdog', () => {
  test.concurrent.each(SUPPORTED_NODES)(
    'keeps async context, cancellation, floating promises and endless loops apart on Node %s',
    { timeout: 180_000 },
    async (major) => {
      const report = await probe(major, 'without');
      expect(report).toEqual({
        node: expect.stringMatching(new RegExp(`^v${major}\\.`)) as string,
        asyncContext: { store: 'kept', isSameScope: true, ended: 'cancelled' },
        stackTrace: expect.stringContaining('stack traces are not enabled') as string,
        floatingPromises: ['first: Error: at once', 'second: Error: later'],
        endlessLoop: 'Script execution timed out after 8000ms',
        neighbour: 'answered',
      });
    },
  );

  test.concurrent('shows the call stack when it is asked to', { timeout: 180_000 }, async () => {
    const report = await probe(process.versions.node.split('.')[0] ?? '', 'with-stack-traces');
    expect(report.stackTrace).toMatch(/at neighbour \(.*workflows\.ts:\d+:\d+\)/);
    expect(report).toMatchObject({
      asyncContext: { store: 'kept', isSameScope: true, ended: 'cancelled' },
      endlessLoop: 'Script execution timed out after 8000ms',
      neighbour: 'answered',
    });
  });
});

test('what it replaces in the SDK is there: an upgrade that moves it fails here', () => {
  const sdkRequire = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
  const vmShared = sdkRequire('./workflow/vm-shared') as Record<
    'BaseVMWorkflow' | 'GlobalHandlers' | 'injectGlobals' | 'setUnhandledRejectionHandler',
    { readonly prototype: object }
  >;
  const { BaseVMWorkflow, GlobalHandlers, injectGlobals, setUnhandledRejectionHandler } = vmShared;
  for (const replaced of [injectGlobals, setUnhandledRejectionHandler]) expect(replaced).toBeTypeOf('function');
  expect(Object.getOwnPropertyNames(GlobalHandlers.prototype)).toContain('setPromiseHook');
  expect(Object.getOwnPropertyNames(BaseVMWorkflow.prototype)).toContain('activate');
  expect(sdkRequire.resolve('./workflow/workflow-worker-thread')).toMatch(
    /@temporalio[\\/]worker[\\/]lib[\\/]workflow[\\/]workflow-worker-thread\.js$/,
  );
});
