/** A test process: `node --import tsx temporal-user.ts <options as JSON>`. It uses the shared server until it ends. */

import { acquireSharedTemporal, type SharedTemporalOptions } from '../../../src/testing/shared-temporal/index.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as Omit<SharedTemporalOptions, 'log'>;
const { address } = await acquireSharedTemporal({ ...options, log: () => {} });
process.stdout.write(`${address}\n`);
process.stdin.resume();
