import { VARIABLES } from './settings.ts';

/** Secrets among Temporal's own variables. */
const TEMPORAL_SECRETS = /^TEMPORAL_(API_KEY|CODEC_AUTH|TLS_CLIENT_KEY_DATA|GRPC_META_\w+)$/;

/**
 * Removes every secret that everthread reads from an environment, and returns a copy from before. For a process that runs a
 * bot's activities: a library that reports its environment then reports none. Variables of the bot's author stay, and
 * `NAME_FILE` too, which is a path.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const before = { ...env };
  const secrets = new Set(VARIABLES.filter(({ isSecret }) => isSecret).map(({ name }) => name));
  for (const name of Object.keys(env)) if (secrets.has(name) || TEMPORAL_SECRETS.test(name)) delete env[name];
  return before;
}
