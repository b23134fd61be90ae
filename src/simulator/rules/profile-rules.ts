import type { JsonObject } from '../../messenger/check/json.ts';
import { valuesAtPath } from '../json.ts';
import { PROFILE_LIMITS } from './limits.ts';
import { firstProblem, kindProblem, partProblem } from './part-rules.ts';
import { badParameter, type Refusal } from './refusals.ts';

/** The properties of the Messenger Profile API that the simulator knows. */
export const PROFILE_PROPERTIES = [
  'get_started',
  'greeting',
  'ice_breakers',
  'persistent_menu',
  'commands',
  'whitelisted_domains',
  'account_linking_url',
];

/** Checks the body of `POST /{page}/messenger_profile`. */
export function profileProblem(body: JsonObject): Refusal | undefined {
  const unknown = Object.keys(body).find((key) => !PROFILE_PROPERTIES.includes(key));
  if (unknown !== undefined) return badParameter(`Unknown profile property ${unknown}`, 'Meta has no such property.');
  return (
    partProblem(body, '', PROFILE_LIMITS) ??
    firstProblem(['greeting', 'ice_breakers', 'persistent_menu'], (property) => localeProblem(body, property)) ??
    kindProblem(body, 'persistent_menu.[].call_to_actions.[]', 'type', { postback: ['payload'], web_url: ['url'] })
  );
}

function localeProblem(body: JsonObject, property: string): Refusal | undefined {
  const locales = valuesAtPath(body, `${property}.[].locale`).map(({ value }) => value);
  if (body[property] === undefined || locales.includes('default')) return undefined;
  return badParameter(
    `${property} must have a default locale`,
    'It is for everybody whose locale has no text of its own.',
  );
}
