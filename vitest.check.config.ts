import { defineConfig } from 'vitest/config';

/** `npm run check` looks at the sources only: no servers, no browser. */
export default defineConfig({ test: { include: ['test/architecture.test.ts'] } });
