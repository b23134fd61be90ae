#!/usr/bin/env node
/** `everthread`, as a terminal starts it. */

import { existsSync } from 'node:fs';
import { createProgram } from './program.ts';
import { complain } from './terminal.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    complain(error);
    process.exitCode = 1;
  });
