import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** With `everthread-source`, `import 'everthread'` in an example resolves to our sources. */
const conditions = ['everthread-source', 'module', 'node', 'development'];

/** Folders of the slowest test files, which start first, so that no worker ends long after the others. */
const SLOW_FOLDERS = ['workflows/', 'cli/', 'chaos/', 'plugins/', 'packaging', 'simulator/page', 'temporal/'];

const FOLDERS = [
  'activities',
  'api',
  'client',
  'config',
  'docs',
  'graph',
  'messenger',
  'outbox',
  'plugins',
  'policy',
  'simulator',
  'store',
  'web',
  'workflows',
];
const FILES = ['temporal/time-machine', 'cli/check', 'cli/doctor/doctor', 'cli/doctor/symptoms'];
/**
 * Test files that share a process, because loading our sources is most of the work of many. Each stops what it starts and
 * restores what it replaces; stages end with each file.
 */
const SHARED_PROCESS = [
  ...FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`),
  ...FILES.map((file) => `test/${file}.test.ts`),
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const path = relative(join(import.meta.dirname, 'test'), moduleId).replaceAll('\\', '/');
      const index = SLOW_FOLDERS.findIndex((start) => path.startsWith(start));
      return index === -1 ? SLOW_FOLDERS.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: [...SHARED_PROCESS, 'examples/shop/*.test.ts'],
          isolate: false,
          setupFiles: 'test/support/end-stages.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: SHARED_PROCESS,
          // After the others: many start servers, kill processes, or keep a processor busy on purpose.
          sequence: { groupOrder: 1 },
        },
      },
    ],
    globalSetup: 'test/support/global-setup.ts',
    sequence: { sequencer: SlowFirst },
    // Temporal's native code needs a process of its own.
    pool: 'forks',
    // One more than CI has processors: a worker often waits for a process to start or end.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
