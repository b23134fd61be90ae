import { hasText, isRecord, valuesAt, type JsonRecord } from '../json.ts';
import { PROFILE } from '../rules/limits.ts';
import { first, kindProblem, partProblem } from '../rules/part-rules.ts';
import { badParameter, type Refusal } from '../rules/refusals.ts';
import type { SimulatorDatabase } from './database.ts';

const PROPERTIES = [
  'get_started',
  'greeting',
  'ice_breakers',
  'persistent_menu',
  'commands',
  'whitelisted_domains',
  'account_linking_url',
];

/** What each Page shows before anybody writes. */
export interface PageProfile {
  set(pageId: string, properties: JsonRecord): void;
  get(pageId: string): JsonRecord;
  delete(pageId: string, properties: readonly string[]): void;
}

/** `mainPageId`: whose the properties are that have no Page before them. */
export function createPageProfile(database: SimulatorDatabase, mainPageId: string): PageProfile {
  const put = database.prepare('INSERT OR REPLACE INTO profile (property, value) VALUES (?, ?)');
  const every = database.prepare<{ property: string; value: string }>('SELECT * FROM profile');
  const remove = database.prepare('DELETE FROM profile WHERE property = ?');
  const prefixOf = (pageId: string) => (pageId === mainPageId ? '' : `${pageId}/`);
  return {
    set: (pageId, properties) => {
      for (const [property, value] of Object.entries(properties)) {
        put.run(prefixOf(pageId) + property, JSON.stringify(value));
      }
    },
    get: (pageId) => {
      const ofPage = every.all().map(({ property, value }) => [property, JSON.parse(value) as unknown] as const);
      const known = PROPERTIES.flatMap((property) => ofPage.filter(([key]) => key === prefixOf(pageId) + property));
      return Object.fromEntries(known.map(([key, value]) => [key.slice(prefixOf(pageId).length), value]));
    },
    delete: (pageId, properties) => {
      for (const property of properties) remove.run(prefixOf(pageId) + property);
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
export function getStartedPayload(profile: PageProfile, pageId: string): string | undefined {
  const { get_started: started } = profile.get(pageId);
  return isRecord(started) && hasText(started['payload']) ? started['payload'] : undefined;
}
