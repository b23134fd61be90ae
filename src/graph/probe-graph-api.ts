/** Tells a Graph API from anything else that answers at an address, such as the root of a simulator or a web page. */

import { request } from 'undici';
import { isObject } from '../messenger/check/json.ts';
import type { GraphApiOptions } from './graph-api.ts';

const PROBE_TIMEOUT_MS = 5000;
/** Where everthread's simulator has its Graph API, below its origin. */
const SIMULATOR_PATH = '/simulator/graph';

type ProbedAddress = Pick<GraphApiOptions, 'url' | 'version'>;

/**
 * Says what is wrong with `MESSENGER_GRAPH_URL` when something answers there that is no Graph API, with the cure;
 * `undefined` when a Graph API answers, or when nothing answers, which may change.
 */
export async function describeWrongGraphUrl(address: ProbedAddress): Promise<string | undefined> {
  const answer = await probe(address);
  if (answer.isGraphApi !== false) return undefined;
  const simulator = `${new URL(address.url).origin}${SIMULATOR_PATH}`;
  const isSimulator = (await probe({ ...address, url: simulator })).isGraphApi === true;
  const cure = isSimulator
    ? `Set it to ${simulator}: the simulator's Graph API is there.`
    : 'Set it to the address of a Graph API, or leave it out for https://graph.facebook.com.';
  return `MESSENGER_GRAPH_URL is ${address.url}, but what answers there is no Graph API (HTTP ${answer.status} for ${pathOf(address)}). ${cure}`;
}

const pathOf = ({ version }: ProbedAddress) => `/${version}/me`;

/** A call without a token, which a Graph API refuses with an error of its own. `isGraphApi` is left out when nobody can say. */
async function probe(address: ProbedAddress): Promise<{ readonly status?: number; readonly isGraphApi?: boolean }> {
  try {
    const { statusCode, body } = await request(`${address.url.replace(/\/$/, '')}${pathOf(address)}`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const text = await body.text();
    // A Graph API, or a proxy in front of it, that is overloaded.
    if (statusCode >= 500 || statusCode === 408 || statusCode === 429) return { status: statusCode };
    return { status: statusCode, isGraphApi: isGraphAnswer(statusCode, text) };
  } catch {
    return {};
  }
}

function isGraphAnswer(statusCode: number, text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && (isObject(json['error']) || statusCode < 300);
  } catch {
    return false;
  }
}
