/** Posts the leads of a store to an address until it is killed. */

import { startLeadRelay } from '../../../src/leads/outbox-relay.ts';
import { openStore } from '../../../src/store/index.ts';

const [databaseUrl = '', address = '', secret = ''] = process.argv.slice(2);
const store = await openStore(databaseUrl);
const silent = { info() {}, warn() {}, error() {} };
startLeadRelay({ outbox: store.leadOutbox, url: new URL(address), secret, privateAddresses: 'loopback', log: silent });
setInterval(() => {}, 60_000);
