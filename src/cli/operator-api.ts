/** The operator API, as commands call it. */

import { InvalidArgumentError, Option } from 'commander';
import { ApiError, createClient, type ApiErrorCode, type EverthreadClient } from '../client/index.ts';
import { loadConfig, type Config } from '../config/index.ts';
import { origin } from '../config/schemas.ts';
import { findRunningDev } from '../dev/running-dev.ts';
import { BotError } from '../domain/bot-error.ts';
import { callableHost } from '../hosts.ts';
import { progress } from './terminal.ts';

/** A person at a terminal repeats a command; a short restart of the api needs none. */
const RETRY_FOR_MS = 3000;

/** What a person at a terminal does about an error, where the api's own cure is for programs. */
const CURES: Partial<Record<ApiErrorCode, string>> = {
  api_not_reachable:
    'Start it with `everthread start`, `api` or `dev`, or name its address: --url, or OPERATOR_URL or OPERATOR_PORT in .env.',
  not_authenticated: 'Put a token from `everthread operators token NAME` into EVERTHREAD_TOKEN.',
  conversation_held:
    'Talk to them. An operator with the role admin may take it with `everthread handoff take --force`.',
};

/** The address of the operator API. */
export function urlOption(): Option {
  return new Option(
    '--url <url>',
    'the address of the operator API (default: OPERATOR_URL, or this machine)',
  ).argParser((text) => {
    const { data } = origin().safeParse(text);
    if (data === undefined) throw new InvalidArgumentError('Write it like https://desk.example.com.');
    return data;
  });
}

/** Calls the API as the operator of EVERTHREAD_TOKEN. @throws `BotError` with what a person at a terminal can do. */
export async function withOperatorApi(
  url: string | undefined,
  work: (client: EverthreadClient) => Promise<void>,
): Promise<void> {
  const config = loadConfig(process.env, { needs: ['operator'], warn: progress });
  const client = createClient({
    url: url ?? operatorUrl(config),
    token: config.operatorToken.reveal(),
    headers: { 'x-everthread-interface': 'cli' },
    retryForMs: RETRY_FOR_MS,
  });
  try {
    await work(client);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, detail, cure, problem } = error;
    const mistakes = problem?.errors?.map(({ field, message }) => `${field.replace(/^body\./, '')}: ${message}`);
    // What is wrong with each field says more than that there are mistakes.
    const message = mistakes?.length ? mistakes.join('\n') : `${detail} ${CURES[code] ?? cure}`;
    throw new BotError(code, message, { cause: error });
  }
}

/** That of the settings, unless `everthread dev` of this folder took another port. */
function operatorUrl({ operators: { url, http } }: Config): string {
  const ofDev = http.isPortSet ? undefined : findRunningDev()?.operatorUrl;
  return url ?? ofDev ?? `http://${callableHost(http.host)}:${http.port}`;
}
