/** The same bot after a change: it greets in other words. */

import { echoBot } from './parts.ts';

export default echoBot((name) => `Hello ${name}!`);
