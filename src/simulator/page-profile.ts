import type { SimulatorDatabase } from './database.ts';
import { hasText, isRecord, valuesAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { PROFILE } from './limits.ts';
import { first, kindProblem, partProblem } from './part-rules.ts';
import { badParameter } from './refusals.ts';
import type { Refusal } from './refusals.ts';

const PROPERTIES = [
  'get_started',
  'greeting',
  'ice_breakers',
  'persistent_menu',
  'commands',
  'whitelisted_domains',
  'account_linking_url',
];

/** What the Page shows before anybody writes. */
export interface PageProfile {
  set(properties: JsonRecord): void;
  get(): JsonRecord;
  delete(properties: readonly string[]): void;
}

export function createPageProfile(database: SimulatorDatabase): PageProfile {
  const put = database.prepare('INSERT OR REPLACE INTO profile (property, value) VALUES (?, ?)');
  const every = database.prepare<{ property: string; value: string }>('SELECT * FROM profile');
  const remove = database.prepare('DELETE FROM profile WHERE property = ?');
  return {
    set: (properties) => {
      for (const [property, value] of Object.entries(properties)) put.run(property, JSON.stringify(value));
    },
    get: () => Object.fromEntries(every.all().map(({ property, value }) => [property, JSON.parse(value) as unknown])),
    delete: (properties) => {
      for (const property of properties) remove.run(property);
    },
  };
}

/** Checks the body of `POST /{page}/messenger_profile`; only what is sent is changed. */
export function profileProblem(body: JsonRecord): Refusal | undefined {
  const strange = Object.keys(body).find((key) => !PROPERTIES.includes(key));
  if (strange !== undefined) return badParameter(`Unknown profile property ${strange}`, 'Meta has no such property.');
  return (
    partProblem(body, '', PROFILE) ??
    first(['greeting', 'ice_breakers', 'persistent_menu'], (property) => localeProblem(body, property)) ??
    kindProblem(body, 'persistent_menu.[].call_to_actions.[]', 'type', { postback: ['payload'], web_url: ['url'] })
  );
}

function localeProblem(body: JsonRecord, property: string): Refusal | undefined {
  const locales = valuesAt(body, `${property}.[].locale`).map(({ value }) => value);
  if (body[property] === undefined || locales.includes('default')) return undefined;
  return badParameter(`${property} must have a default locale`, 'Everybody else needs words too.');
}

/** What a tap on Get Started sends, when the profile says it. */
export function getStartedPayload(profile: PageProfile): string | undefined {
  const { get_started: started } = profile.get();
  return isRecord(started) && hasText(started['payload']) ? started['payload'] : undefined;
}
