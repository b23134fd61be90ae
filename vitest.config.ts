import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** With it, `import 'everthread'` in an example reads our sources. */
const conditions = ['everthread-source', 'module', 'node', 'development'];

/** Where the files are that take longest: they begin first, in this order, so that no worker ends long after the others. */
const LONG = ['workflows/', 'cli/', 'chaos/', 'plugins/', 'packaging', 'simulator/page', 'temporal/'];

const FOLDERS = [
  'activities',
  'api',
  'config',
  'docs',
  'graph',
  'messenger',
  'plugins',
  'policy',
  'simulator',
  'store',
  'web',
  'workflows',
];
const FILES = ['temporal/time-machine', 'cli/check', 'cli/doctor', 'cli/doctor-symptoms'];
/**
 * Files that share a process with others of these: loading our sources is most of the work of many. What they start they
 * stop, and what they replace they put back; the stages of talks end with each file.
 */
const TOGETHER = [
  ...FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`),
  ...FILES.map((file) => `test/${file}.test.ts`),
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const path = relative(join(import.meta.dirname, 'test'), moduleId).replaceAll('\\', '/');
      const index = LONG.findIndex((start) => path.startsWith(start));
      return index === -1 ? LONG.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
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
          include: [...TOGETHER, 'examples/shop/*.test.ts'],
          isolate: false,
          setupFiles: 'test/support/end-stages.ts',
        },
      },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: TOGETHER } },
    ],
    globalSetup: 'test/support/global-setup.ts',
    sequence: { sequencer: LongFirst },
    // Temporal's native part wants a process of its own.
    pool: 'forks',
    // One more than the processors that CI has: somebody is always waiting for a process to start or to end.
    maxWorkers: 3,
    // Real servers on a machine that others use too: what fails is tried once more, and the report says so.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
