#!/usr/bin/env node
/** The entry point of the `everthread` command. */

import { existsSync } from 'node:fs';
import { createProgram } from './program.ts';
import { stopWithNpm } from './stop-with-npm.ts';
import { printError } from './terminal.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

stopWithNpm(process.env);

// What is stored belongs to one user of the machine, also what Temporal's own process stores.
process.umask(0o077);

createProgram(process.argv.slice(2))
  .then((program) => program.parseAsync())
  .catch((error: unknown) => {
    printError(error);
    process.exitCode = 1;
  });
