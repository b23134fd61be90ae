import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText } from '../json.ts';
import { PROFILE_PROPERTIES } from '../rules/profile-rules.ts';
import type { SimulatorDatabase } from './database.ts';

/** The Messenger profile of each Page, which Meta shows before anybody writes. */
export interface PageProfile {
  set(pageId: string, properties: JsonObject): void;
  get(pageId: string): JsonObject;
  delete(pageId: string, properties: readonly string[]): void;
}

/** `mainPageId` owns the properties that are stored without a Page id. */
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
      const known = PROFILE_PROPERTIES.flatMap((property) =>
        ofPage.filter(([key]) => key === prefixOf(pageId) + property),
      );
      return Object.fromEntries(known.map(([key, value]) => [key.slice(prefixOf(pageId).length), value]));
    },
    delete: (pageId, properties) => {
      for (const property of properties) remove.run(prefixOf(pageId) + property);
    },
  };
}

/** The payload of Get Started in a Page's profile. */
export function getStartedPayload(profile: PageProfile, pageId: string): string | undefined {
  const { get_started: started } = profile.get(pageId);
  return isObject(started) && hasText(started['payload']) ? started['payload'] : undefined;
}
