import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('thousands of useless requests leave nothing behind in memory', async () => {
  const script = join(import.meta.dirname, 'children/garbage.ts');
  const url = `file:${join(temporaryFolder(), 'store.db')}`;

  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', script, url]);

  // 4,500 requests: 200 bytes kept of each would show.
  const { grownBy } = JSON.parse(stdout) as { grownBy: number };
  expect(grownBy).toBeLessThan(900_000);
});
