/** Opens the store and closes it: `node --import tsx open.ts <url>`. */

import { openStore } from '../../../src/store/index.ts';

const store = await openStore(process.argv[2] ?? '');
process.stdout.write('open\n');
await store.close();
