/** The environment variables of tests. */
// oxlint-disable node/no-process-env -- a test has no command that reads the environment for it

import { temporalCliIn, type TemporalCliChoice } from '../temporal/cli/index.ts';

/** A running Temporal with time skipping, `127.0.0.1:7233`; none is started then. */
export function temporalAddressInEnvironment(): string | undefined {
  return process.env['EVERTHREAD_TEST_TEMPORAL'] || undefined;
}

/** Which Temporal CLI to use, as for `everthread dev`. */
export function temporalCliInEnvironment(): TemporalCliChoice {
  return temporalCliIn(process.env);
}

/** True when log lines at `warn` and above are printed as well. */
export function isLogShown(): boolean {
  return Boolean(process.env['EVERTHREAD_TEST_LOG']);
}

/** For the daemon, which outlives this process: without the settings for coverage and of the test runner. */
export function environmentOfDaemon(): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE: _coverage, NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...rest } = process.env;
  return rest;
}
