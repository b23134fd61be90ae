/** Posts the events of a store until it is killed. */

import { startOutboxRelay } from '../../../src/outbox/index.ts';
import { openStore } from '../../../src/store/index.ts';

const [databaseUrl = ''] = process.argv.slice(2);
const store = await openStore(databaseUrl);
startOutboxRelay({
  store,
  clock: { now: () => Date.now() },
  privateAddresses: 'loopback',
  unansweredAfterMs: 60_000,
  log: { info() {}, warn() {}, error() {} },
});
setInterval(() => {}, 60_000);
