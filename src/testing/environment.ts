/** What the environment says to tests: nobody hands it over, as a command does. */
// oxlint-disable node/no-process-env -- see above

/** A Temporal that runs already and lets time be moved, `127.0.0.1:7233`: none is started then. */
export function temporalAddressInEnvironment(): string | undefined {
  return process.env['EVERTHREAD_TEST_TEMPORAL'] || undefined;
}

/** The binary to use, as for `everthread dev`. */
export function temporalCliInEnvironment(): string | undefined {
  return process.env['TEMPORAL_CLI'] || undefined;
}

/** Whether what is logged at `warn` and above is printed as well. */
export function isLogShown(): boolean {
  return Boolean(process.env['EVERTHREAD_TEST_LOG'] ?? process.env['SHOW_LOG']);
}

/** For a process of ours that outlives this one: coverage and a runner's settings are not its business. */
export function environmentOfKeeper(): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE: _coverage, NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...rest } = process.env;
  return rest;
}
