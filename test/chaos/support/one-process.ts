/**
 * The api and a worker of the bot's file that the argument names, in one process, so that all that runs on a machine is gone
 * at one moment. `everthread start` has two processes.
 */

import { runApi, runWorker } from '../../../src/cli/commands/serve.ts';
import { untilAskedToStop } from '../../../src/cli/terminal.ts';

const [bot] = process.argv.slice(2);
const stopAsked = untilAskedToStop();
await Promise.all([runApi({ stopAsked }), runWorker({ bot, stopAsked })]);
