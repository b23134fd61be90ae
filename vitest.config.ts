import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** With it, `import 'everthread'` in an example reads our sources. */
const conditions = ['everthread-source', 'module', 'node', 'development'];

/** The folders whose files take longest, half a minute and more; they begin first, so that no worker ends long after the others. */
const LONG = ['test/workflows', 'test/cli', 'test/chaos', 'test/engine', 'test/simulator'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const path = relative(import.meta.dirname, moduleId).replaceAll('\\', '/');
      const index = LONG.findIndex((folder) => path.startsWith(`${folder}/`));
      return index === -1 ? LONG.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
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
