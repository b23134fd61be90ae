import { defineConfig } from 'vitest/config';

/** `npm run check` looks at the sources only: no servers, no browser. Other checks run beside it. */
export default defineConfig({
  test: { include: ['test/architecture.test.ts', 'test/documentation.test.ts'], testTimeout: 60_000 },
});
