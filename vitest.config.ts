import { defineConfig } from 'vitest/config';

/** With it, `import 'everthread'` in an example reads our sources. */
const conditions = ['everthread-source', 'module', 'node', 'development'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // Temporal's native part wants a process of its own.
    pool: 'forks',
    maxWorkers: 2,
    // Real servers on a machine that others use too: what fails is tried once more, and the report says so.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
