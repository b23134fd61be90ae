/** A process that runs an embedded Temporal, for tests that kill it: `node --import tsx server-owner.ts <options as JSON>`. */

import { type EmbeddedTemporalOptions, startEmbeddedTemporal } from '../../../src/temporal/server/embedded-temporal.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as Omit<EmbeddedTemporalOptions, 'log'>;
const { address, pid } = await startEmbeddedTemporal({ ...options, log: () => {} });
process.stdout.write(`${JSON.stringify({ address, pid })}\n`);
process.stdin.once('data', () => process.exit(0));
