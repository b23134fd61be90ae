/** Runs beside every test file that talks: what its talks ran on ends with it, while the process goes on. */

import { afterAll } from 'vitest';
import { endStages } from './talk.ts';

afterAll(endStages);
