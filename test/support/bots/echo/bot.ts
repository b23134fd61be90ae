/** Says back whatever a person does. */

import { echoBot } from './parts.ts';

export default echoBot((name) => `You are ${name}.`);
